//! Why the event log could not be looked through.

use sea_orm::DbErr;
use serde_json::{Value, json};
use shared_kernel::{
    application::AuthenticationError,
    domain::{ErrorKind, Fault, Text},
};

#[derive(Debug, thiserror::Error)]
pub enum EventLogError {
    #[error(transparent)]
    Authentication(#[from] AuthenticationError),
    #[error("outbox cannot be read")]
    Database(#[from] DbErr),
}

impl Fault for EventLogError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Authentication(error) => error.kind(),
            Self::Database(_) => ErrorKind::Bug,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Authentication(error) => error.code(),
            Self::Database(_) => "INTERNAL_ERROR",
        }
    }

    fn text(&self) -> Text {
        match self {
            Self::Authentication(error) => error.text(),
            Self::Database(_) => Text::new("服务器内部错误", "Something went wrong on our side"),
        }
    }

    fn details(&self) -> Value {
        match self {
            Self::Authentication(error) => error.details(),
            Self::Database(_) => json!({}),
        }
    }
}
