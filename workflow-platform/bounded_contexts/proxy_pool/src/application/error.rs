//! Why a use case of the pool did not do what was asked.

use serde_json::{Value, json};
use shared_kernel::{
    application::{AuthenticationError, EntitlementsError},
    domain::{ErrorKind, Fault, Text},
};

use super::ports::StoreError;
use crate::domain::ImportTooLarge;

#[derive(Debug, thiserror::Error)]
pub enum PoolError {
    #[error(transparent)]
    Authentication(#[from] AuthenticationError),
    #[error(transparent)]
    Quota(#[from] EntitlementsError),
    /// Absent, or another user's.
    #[error("there is no such proxy pool")]
    NotFound,
    /// Absent, or in another pool.
    #[error("there is no such proxy in this pool")]
    ProxyNotFound,
    /// Absent, or of another pool.
    #[error("there is no such test of this pool")]
    TestNotFound,
    /// Absent, or of another pool.
    #[error("there is no such list in this pool")]
    SourceNotFound,
    #[error("a test of this pool is running already")]
    TestRunning,
    #[error("a proxy pool of this name exists already")]
    NameTaken,
    #[error("the pool has this proxy already")]
    ProxyKnown,
    #[error("{field}: {reason}")]
    Invalid { field: &'static str, reason: String },
    #[error("import is too large: {0}")]
    TooLarge(#[from] ImportTooLarge),
    #[error("news cannot be listened to")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    #[error("proxy pools cannot be read or written")]
    Store(#[source] StoreError),
}

impl From<StoreError> for PoolError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NameTaken => Self::NameTaken,
            error => Self::Store(error),
        }
    }
}

impl PoolError {
    pub(super) fn invalid(field: &'static str, reason: impl std::fmt::Display) -> Self {
        Self::Invalid { field, reason: reason.to_string() }
    }
}

impl Fault for PoolError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Authentication(error) => error.kind(),
            Self::Quota(error) => error.kind(),
            Self::NotFound | Self::ProxyNotFound | Self::TestNotFound | Self::SourceNotFound => {
                ErrorKind::NotFound
            }
            Self::NameTaken | Self::ProxyKnown | Self::TestRunning => ErrorKind::Conflict,
            Self::Unavailable(_) => ErrorKind::Unavailable,
            Self::Invalid { .. } => ErrorKind::Invalid,
            Self::TooLarge(_) => ErrorKind::TooLarge,
            Self::Store(_) => ErrorKind::Bug,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Authentication(error) => error.code(),
            Self::Quota(error) => error.code(),
            Self::NotFound | Self::ProxyNotFound | Self::TestNotFound | Self::SourceNotFound => {
                "NOT_FOUND"
            }
            Self::TestRunning => "TEST_RUNNING",
            Self::Unavailable(_) => "UNAVAILABLE",
            Self::NameTaken => "PROXY_POOL_NAME_TAKEN",
            Self::ProxyKnown => "PROXY_EXISTS",
            Self::Invalid { .. } => "VALIDATION_ERROR",
            Self::TooLarge(_) => "PAYLOAD_TOO_LARGE",
            Self::Store(_) => "INTERNAL_ERROR",
        }
    }

    fn text(&self) -> Text {
        match self {
            Self::Authentication(error) => error.text(),
            Self::Quota(error) => error.text(),
            Self::NotFound => Text::new("代理池不存在", "There is no such proxy pool"),
            Self::ProxyNotFound => {
                Text::new("代理池中没有该代理", "There is no such proxy in this pool")
            }
            Self::TestNotFound => {
                Text::new("代理池中没有该测试", "There is no such test of this pool")
            }
            Self::SourceNotFound => {
                Text::new("代理池中没有该列表", "There is no such list in this pool")
            }
            Self::TestRunning => {
                Text::new("该代理池正在测试", "A test of this pool is running already")
            }
            Self::Unavailable(_) => Text::new("服务暂时不可用", "The service is not available now"),
            Self::ProxyKnown => Text::new("代理池中已有该代理", "The pool has this proxy already"),
            Self::NameTaken => {
                Text::new("已有同名的代理池", "You already have a proxy pool of this name")
            }
            Self::Invalid { .. } => Text::new("请求参数有误", "Some fields are not right"),
            Self::TooLarge(_) => Text::new(
                "导入内容过大，一次最多 10000 行、2 MiB",
                "The import is too large: at most 10,000 lines and 2 MiB at once",
            ),
            Self::Store(_) => Text::new("服务器内部错误", "Something went wrong on our side"),
        }
    }

    fn details(&self) -> Value {
        match self {
            Self::Authentication(error) => error.details(),
            Self::Quota(error) => error.details(),
            Self::Invalid { field, reason } => json!({ *field: [reason] }),
            _ => json!({}),
        }
    }
}
