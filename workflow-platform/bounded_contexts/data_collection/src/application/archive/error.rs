//! Why a use case of pages did not do what was asked.

use serde_json::{Value, json};
use shared_kernel::{
    application::AuthenticationError,
    domain::{ErrorKind, Fault, Text},
};

use super::ports::PageStoreError;

#[derive(Debug, thiserror::Error)]
pub enum PagesError {
    #[error(transparent)]
    Authentication(#[from] AuthenticationError),
    /// Absent, or another user's.
    #[error("there is no such page")]
    NotFound,
    #[error("pages cannot be read")]
    Store(#[from] PageStoreError),
}

impl Fault for PagesError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Authentication(error) => error.kind(),
            Self::NotFound => ErrorKind::NotFound,
            Self::Store(PageStoreError::Blob(_)) => ErrorKind::Unavailable,
            Self::Store(_) => ErrorKind::Bug,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Authentication(error) => error.code(),
            Self::NotFound => "NOT_FOUND",
            Self::Store(PageStoreError::Blob(_)) => "UNAVAILABLE",
            Self::Store(_) => "INTERNAL_ERROR",
        }
    }

    fn text(&self) -> Text {
        match self {
            Self::Authentication(error) => error.text(),
            Self::NotFound => Text::new("页面不存在", "There is no such page"),
            Self::Store(PageStoreError::Blob(_)) => {
                Text::new("服务暂时不可用", "The service is not available now")
            }
            Self::Store(_) => Text::new("服务器内部错误", "Something went wrong on our side"),
        }
    }

    fn details(&self) -> Value {
        match self {
            Self::Authentication(error) => error.details(),
            _ => json!({}),
        }
    }
}
