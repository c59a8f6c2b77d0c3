//! Why a use case did not do what was asked.

use std::collections::BTreeMap;

use sea_orm::DbErr;
use serde_json::{Value, json};
use shared_kernel::{
    application::AuthenticationError,
    domain::{ErrorKind, Fault, Text},
};

/// The store failed.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("database failed")]
    Database(#[from] DbErr),
    #[error("row holds what is not JSON")]
    Json(#[from] serde_json::Error),
    #[error("row holds {0:?}, which means nothing")]
    Row(String),
}

#[derive(Debug, thiserror::Error)]
pub enum AutomationError {
    #[error(transparent)]
    Authentication(#[from] AuthenticationError),
    /// Absent, or another user's.
    #[error("there is no such automation")]
    NotFound,
    #[error("there is no such notification")]
    NoNotification,
    /// Messages by field path.
    #[error("rule does not fit: {0:?}")]
    Fields(BTreeMap<String, Vec<String>>),
    /// So many are there already.
    #[error("there are {0} automations already")]
    Full(u32),
    #[error("automations cannot be read or written")]
    Store(#[from] StoreError),
}

impl AutomationError {
    /// One field at fault.
    pub(super) fn field(path: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Fields([(path.into(), vec![message.into()])].into())
    }
}

impl From<DbErr> for AutomationError {
    fn from(error: DbErr) -> Self {
        Self::Store(error.into())
    }
}

impl Fault for AutomationError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Authentication(error) => error.kind(),
            Self::NotFound | Self::NoNotification => ErrorKind::NotFound,
            Self::Fields(_) => ErrorKind::Invalid,
            Self::Full(_) => ErrorKind::Conflict,
            Self::Store(_) => ErrorKind::Bug,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Authentication(error) => error.code(),
            Self::NotFound | Self::NoNotification => "NOT_FOUND",
            Self::Fields(_) => "VALIDATION_ERROR",
            Self::Full(_) => "TOO_MANY",
            Self::Store(_) => "INTERNAL_ERROR",
        }
    }

    fn text(&self) -> Text {
        match self {
            Self::Authentication(error) => error.text(),
            Self::NotFound => Text::new("自动化规则不存在", "There is no such automation"),
            Self::NoNotification => Text::new("通知不存在", "There is no such notification"),
            Self::Fields(_) => Text::new("自动化规则有误", "Some of the rule is not right"),
            Self::Full(_) => Text::new("自动化规则数量已达上限", "There are too many automations"),
            Self::Store(_) => Text::new("服务器内部错误", "Something went wrong on our side"),
        }
    }

    fn details(&self) -> Value {
        match self {
            Self::Authentication(error) => error.details(),
            Self::Fields(fields) => json!(fields),
            Self::Full(most) => json!({ "most": most }),
            _ => json!({}),
        }
    }
}
