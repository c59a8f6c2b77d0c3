//! Why a use case of datasets did not do what was asked.

use serde_json::{Value, json};
use shared_kernel::{
    application::{AuthenticationError, EntitlementsError},
    domain::{ErrorKind, Fault, Text},
};

use super::ports::DatasetStoreError;
use crate::domain::dataset::BatchError;

#[derive(Debug, thiserror::Error)]
pub enum DatasetsError {
    #[error(transparent)]
    Authentication(#[from] AuthenticationError),
    #[error(transparent)]
    Quota(#[from] EntitlementsError),
    /// Absent, or another user's.
    #[error("there is no such dataset")]
    NotFound,
    #[error(transparent)]
    Batch(#[from] BatchError),
    #[error("datasets cannot be read or written")]
    Store(#[from] DatasetStoreError),
}

impl From<sea_orm::DbErr> for DatasetsError {
    fn from(error: sea_orm::DbErr) -> Self {
        Self::Store(error.into())
    }
}

impl From<serde_json::Error> for DatasetsError {
    fn from(error: serde_json::Error) -> Self {
        Self::Store(error.into())
    }
}

impl Fault for DatasetsError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Authentication(error) => error.kind(),
            Self::Quota(error) => error.kind(),
            Self::NotFound => ErrorKind::NotFound,
            Self::Batch(_) => ErrorKind::Invalid,
            Self::Store(_) => ErrorKind::Bug,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Authentication(error) => error.code(),
            Self::Quota(error) => error.code(),
            Self::NotFound => "NOT_FOUND",
            Self::Batch(_) => "INVALID_INPUT",
            Self::Store(_) => "INTERNAL_ERROR",
        }
    }

    fn text(&self) -> Text {
        match self {
            Self::Authentication(error) => error.text(),
            Self::Quota(error) => error.text(),
            Self::NotFound => Text::new("数据集不存在", "There is no such dataset"),
            Self::Batch(error) => Text::new(format!("数据有误：{error}"), error.to_string()),
            Self::Store(_) => Text::new("服务器内部错误", "Something went wrong on our side"),
        }
    }

    fn details(&self) -> Value {
        match self {
            Self::Authentication(error) => error.details(),
            Self::Quota(error) => error.details(),
            Self::Batch(error) => json!({ error.path.clone(): [error.message] }),
            _ => json!({}),
        }
    }
}
