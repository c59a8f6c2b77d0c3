//! Why a use case of templates did not do what was asked.

use serde_json::{Value, json};
use shared_kernel::{
    application::AuthenticationError,
    domain::{ErrorKind, Fault, Text},
};

#[derive(Debug, thiserror::Error)]
pub enum TemplatesError {
    #[error(transparent)]
    Authentication(#[from] AuthenticationError),
    #[error("there is no such template")]
    NotFound,
}

impl Fault for TemplatesError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Authentication(error) => error.kind(),
            Self::NotFound => ErrorKind::NotFound,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Authentication(error) => error.code(),
            Self::NotFound => "NOT_FOUND",
        }
    }

    fn text(&self) -> Text {
        match self {
            Self::Authentication(error) => error.text(),
            Self::NotFound => Text::new("模板不存在", "There is no such template"),
        }
    }

    fn details(&self) -> Value {
        match self {
            Self::Authentication(error) => error.details(),
            Self::NotFound => json!({}),
        }
    }
}
