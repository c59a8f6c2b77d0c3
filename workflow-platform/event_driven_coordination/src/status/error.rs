//! Why the platform's standing could not be told.

use sea_orm::DbErr;
use serde_json::{Value, json};
use shared_kernel::{
    application::AuthenticationError,
    domain::{ErrorKind, Fault, Text},
};

#[derive(Debug, thiserror::Error)]
pub enum StatusError {
    #[error(transparent)]
    Authentication(#[from] AuthenticationError),
    #[error("the platform's tables cannot be read")]
    Database(#[from] DbErr),
    #[error("the engine cannot be looked at")]
    Engine(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl Fault for StatusError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Authentication(error) => error.kind(),
            Self::Database(_) | Self::Engine(_) => ErrorKind::Bug,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Authentication(error) => error.code(),
            Self::Database(_) | Self::Engine(_) => "INTERNAL_ERROR",
        }
    }

    fn text(&self) -> Text {
        match self {
            Self::Authentication(error) => error.text(),
            Self::Database(_) | Self::Engine(_) => {
                Text::new("服务器内部错误", "Something went wrong on our side")
            }
        }
    }

    fn details(&self) -> Value {
        match self {
            Self::Authentication(error) => error.details(),
            Self::Database(_) | Self::Engine(_) => json!({}),
        }
    }
}
