//! Why a use case of executions did not do what was asked.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use shared_kernel::{
    application::{AuthenticationError, EntitlementsError},
    domain::{ErrorKind, Fault, Text},
};

use super::StoreError;
use crate::domain::definition::BadParams;

#[derive(Debug, thiserror::Error)]
pub enum ExecutionsError {
    #[error(transparent)]
    Authentication(#[from] AuthenticationError),
    #[error(transparent)]
    Quota(#[from] EntitlementsError),
    /// Absent, or another user's.
    #[error("there is no such execution")]
    NotFound,
    #[error("there is no such definition")]
    NoDefinition,
    #[error("there is no such trigger")]
    NoTrigger,
    #[error("the workflow has no such step")]
    NoStep,
    #[error("the step has no such item")]
    NoItem,
    #[error("the journal has no such event")]
    NoEvent,
    /// Messages by field path.
    #[error("parameters do not fit: {0:?}")]
    Params(BTreeMap<String, Vec<String>>),
    #[error("execution has ended already")]
    Ended,
    /// It runs, or it succeeded.
    #[error("execution did not fail")]
    NotFailed,
    /// Something else was asked for under the same key.
    #[error("key was used for another start")]
    KeyReused,
    /// Another start under the same key came to nothing just now.
    #[error("key is in use")]
    KeyInUse,
    #[error("executions cannot be read or written")]
    Store(#[from] StoreError),
    #[error("message bus failed")]
    Bus(#[from] shared_kernel::application::BusError),
}

impl ExecutionsError {
    /// One field of a request that does not fit.
    pub(in crate::application) fn field(path: &str, message: impl Into<String>) -> Self {
        Self::Params([(path.to_owned(), vec![message.into()])].into())
    }
}

impl From<BadParams> for ExecutionsError {
    fn from(BadParams(fields): BadParams) -> Self {
        Self::Params(fields)
    }
}

impl From<sea_orm::DbErr> for ExecutionsError {
    fn from(error: sea_orm::DbErr) -> Self {
        Self::Store(error.into())
    }
}

impl Fault for ExecutionsError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Authentication(error) => error.kind(),
            Self::Quota(error) => error.kind(),
            Self::NotFound
            | Self::NoDefinition
            | Self::NoTrigger
            | Self::NoStep
            | Self::NoItem
            | Self::NoEvent => ErrorKind::NotFound,
            Self::Params(_) | Self::KeyReused => ErrorKind::Invalid,
            Self::Ended | Self::NotFailed | Self::KeyInUse => ErrorKind::Conflict,
            Self::Store(_) => ErrorKind::Bug,
            Self::Bus(_) => ErrorKind::Unavailable,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Authentication(error) => error.code(),
            Self::Quota(error) => error.code(),
            Self::NotFound
            | Self::NoDefinition
            | Self::NoTrigger
            | Self::NoStep
            | Self::NoItem
            | Self::NoEvent => "NOT_FOUND",
            Self::Params(_) => "VALIDATION_ERROR",
            Self::Ended => "EXECUTION_ENDED",
            Self::NotFailed => "EXECUTION_NOT_FAILED",
            Self::KeyReused => "IDEMPOTENCY_KEY_REUSED",
            Self::KeyInUse => "IDEMPOTENCY_IN_PROGRESS",
            Self::Store(_) => "INTERNAL_ERROR",
            Self::Bus(_) => "UNAVAILABLE",
        }
    }

    fn text(&self) -> Text {
        match self {
            Self::Authentication(error) => error.text(),
            Self::Quota(error) => error.text(),
            Self::NotFound => Text::new("执行记录不存在", "There is no such execution"),
            Self::NoDefinition => Text::new("工作流不存在", "There is no such workflow"),
            Self::NoTrigger => Text::new("触发器不存在", "There is no such trigger"),
            Self::NoStep => Text::new("工作流没有该步骤", "The workflow has no such step"),
            Self::NoEvent => Text::new("日志中没有这个事件", "The journal has no such event"),
            Self::NoItem => Text::new("该步骤没有这一项", "The step has no such item"),
            Self::Params(_) => Text::new("工作流参数有误", "Some parameters are not right"),
            Self::Ended => Text::new("该执行已经结束", "The execution has ended already"),
            Self::NotFailed => Text::new(
                "只有失败、取消或超时的执行可以重试",
                "Only an execution that failed, timed out or was cancelled can be retried",
            ),
            Self::KeyReused => Text::new(
                "该 Idempotency-Key 已用于另一个请求",
                "This Idempotency-Key was used for another request",
            ),
            Self::KeyInUse => Text::new(
                "使用同一 Idempotency-Key 的请求正在处理，请重试",
                "A request with this Idempotency-Key is under way; try again",
            ),
            Self::Store(_) => Text::new("服务器内部错误", "Something went wrong on our side"),
            Self::Bus(_) => Text::new("服务暂时不可用", "The service is not available now"),
        }
    }

    fn details(&self) -> Value {
        match self {
            Self::Authentication(error) => error.details(),
            Self::Quota(error) => error.details(),
            Self::Params(fields) => json!(fields),
            _ => json!({}),
        }
    }
}
