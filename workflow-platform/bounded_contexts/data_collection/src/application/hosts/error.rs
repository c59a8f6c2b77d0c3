//! Why a decision about a host was not taken or shown.

use serde_json::{Value, json};
use shared_kernel::{
    application::AuthenticationError,
    domain::{ErrorKind, Fault, Text},
};

use crate::domain::host::{BadDecision, BadHost};

#[derive(Debug, thiserror::Error)]
pub enum HostsError {
    #[error(transparent)]
    Authentication(#[from] AuthenticationError),
    #[error("nothing is decided about this host")]
    NotFound,
    #[error("host {0}")]
    Host(#[from] BadHost),
    #[error("{} {}", .0.field, .0.message)]
    Decision(BadDecision),
    #[error("decisions about hosts cannot be read or written")]
    Database(#[from] sea_orm::DbErr),
}

impl Fault for HostsError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Authentication(error) => error.kind(),
            Self::NotFound => ErrorKind::NotFound,
            Self::Host(_) | Self::Decision(_) => ErrorKind::Invalid,
            Self::Database(_) => ErrorKind::Bug,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Authentication(error) => error.code(),
            Self::NotFound => "NOT_FOUND",
            Self::Host(_) | Self::Decision(_) => "INVALID_INPUT",
            Self::Database(_) => "INTERNAL_ERROR",
        }
    }

    fn text(&self) -> Text {
        match self {
            Self::Authentication(error) => error.text(),
            Self::NotFound => {
                Text::new("没有关于该站点的设置", "Nothing is decided about this host")
            }
            Self::Host(_) | Self::Decision(_) => {
                Text::new(format!("输入有误：{self}"), self.to_string())
            }
            Self::Database(_) => Text::new("服务器内部错误", "Something went wrong on our side"),
        }
    }

    fn details(&self) -> Value {
        match self {
            Self::Authentication(error) => error.details(),
            Self::Host(error) => json!({ "host": [error.to_string()] }),
            Self::Decision(bad) => json!({ bad.field: [bad.message] }),
            _ => json!({}),
        }
    }
}
