//! Why events could not be looked at, or one not be tried again.

use sea_orm::DbErr;
use serde_json::Value;
use shared_kernel::{
    application::AuthenticationError,
    domain::{ErrorKind, Fault, Text},
};

#[derive(Debug, thiserror::Error)]
pub enum EventsError {
    #[error(transparent)]
    Authentication(#[from] AuthenticationError),
    #[error("no such event is parked")]
    NotFound,
    #[error("outbox cannot be read or written")]
    Database(#[from] DbErr),
}

impl Fault for EventsError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Authentication(error) => error.kind(),
            Self::NotFound => ErrorKind::NotFound,
            Self::Database(_) => ErrorKind::Bug,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Authentication(error) => error.code(),
            Self::NotFound => "NOT_FOUND",
            Self::Database(_) => "INTERNAL_ERROR",
        }
    }

    fn text(&self) -> Text {
        match self {
            Self::Authentication(error) => error.text(),
            Self::NotFound => Text::new("没有这条搁置的事件", "No such event is parked"),
            Self::Database(_) => Text::new("服务器内部错误", "Something went wrong on our side"),
        }
    }

    fn details(&self) -> Value {
        match self {
            Self::Authentication(error) => error.details(),
            _ => serde_json::json!({}),
        }
    }
}
