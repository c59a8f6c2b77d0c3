//! Why a use case of secrets and variables did not do what was asked.

use serde_json::{Value, json};
use shared_kernel::{
    application::AuthenticationError,
    domain::{ErrorKind, Fault, Text},
    infrastructure::seal::SealError,
};

use crate::{
    application::executions::StoreError,
    domain::vault::{BadName, EntryKind},
};

#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    #[error(transparent)]
    Authentication(#[from] AuthenticationError),
    /// Absent, or another user's.
    #[error("there is no such {}", .0.as_str())]
    NotFound(EntryKind),
    #[error("name {0}")]
    Name(#[from] BadName),
    /// What is wrong with it.
    #[error("value {0}")]
    Value(&'static str),
    /// So many are there already.
    #[error("there are {0} already")]
    Full(u32),
    #[error("secret could not be sealed")]
    Seal(#[from] SealError),
    #[error("secrets and variables cannot be read or written")]
    Store(#[from] StoreError),
}

impl Fault for VaultError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Authentication(error) => error.kind(),
            Self::NotFound(_) => ErrorKind::NotFound,
            Self::Name(_) | Self::Value(_) => ErrorKind::Invalid,
            Self::Full(_) => ErrorKind::Conflict,
            Self::Seal(_) | Self::Store(_) => ErrorKind::Bug,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Authentication(error) => error.code(),
            Self::NotFound(_) => "NOT_FOUND",
            Self::Name(_) | Self::Value(_) => "VALIDATION_ERROR",
            Self::Full(_) => "TOO_MANY",
            Self::Seal(_) | Self::Store(_) => "INTERNAL_ERROR",
        }
    }

    fn text(&self) -> Text {
        match self {
            Self::Authentication(error) => error.text(),
            Self::NotFound(EntryKind::Secret) => Text::new("密钥不存在", "There is no such secret"),
            Self::NotFound(EntryKind::Variable) => {
                Text::new("变量不存在", "There is no such variable")
            }
            Self::Name(_) => Text::new("名称无效", "The name is not right"),
            Self::Value(_) => Text::new("值无效", "The value is not right"),
            Self::Full(_) => Text::new("数量已达上限", "There are too many already"),
            Self::Seal(_) | Self::Store(_) => {
                Text::new("服务器内部错误", "Something went wrong on our side")
            }
        }
    }

    fn details(&self) -> Value {
        match self {
            Self::Authentication(error) => error.details(),
            Self::Name(error) => json!({ "name": [error.to_string()] }),
            Self::Value(message) => json!({ "value": [message] }),
            Self::Full(most) => json!({ "most": most }),
            _ => json!({}),
        }
    }
}
