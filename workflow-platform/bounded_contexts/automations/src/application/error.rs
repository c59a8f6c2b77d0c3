//! Why a use case did not do what was asked.

use std::collections::BTreeMap;

use sea_orm::DbErr;
use serde_json::{Value, json};
use shared_kernel::{
    application::{AuthenticationError, BusError, EntitlementsError},
    domain::{ErrorKind, Fault, Text},
    infrastructure::seal::SealError,
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
    #[error(transparent)]
    Quota(#[from] EntitlementsError),
    /// Absent, or another user's.
    #[error("there is no such automation")]
    NotFound,
    #[error("there is no such notification")]
    NoNotification,
    #[error("there is no such webhook endpoint")]
    NoEndpoint,
    #[error("there is no such delivery")]
    NoDelivery,
    #[error("the webhook endpoint is disabled")]
    EndpointDisabled,
    /// Of the endpoint, too many wait.
    #[error("too many deliveries wait already")]
    TooManyWaiting,
    /// It has not come to its end.
    #[error("the delivery is still being tried")]
    DeliveryPending,
    /// Messages by field path.
    #[error("what was given does not fit: {0:?}")]
    Fields(BTreeMap<String, Vec<String>>),
    /// So many are there already.
    #[error("there are {0} already")]
    Full(u32),
    #[error("a secret cannot be sealed or opened")]
    Seal(#[from] SealError),
    #[error("news cannot be heard")]
    Bus(#[from] BusError),
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
            Self::Quota(error) => error.kind(),
            Self::NotFound | Self::NoNotification | Self::NoEndpoint | Self::NoDelivery => {
                ErrorKind::NotFound
            }
            Self::Fields(_) => ErrorKind::Invalid,
            Self::Full(_)
            | Self::EndpointDisabled
            | Self::TooManyWaiting
            | Self::DeliveryPending => ErrorKind::Conflict,
            Self::Bus(_) => ErrorKind::Unavailable,
            Self::Seal(_) | Self::Store(_) => ErrorKind::Bug,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Authentication(error) => error.code(),
            Self::Quota(error) => error.code(),
            Self::NotFound | Self::NoNotification | Self::NoEndpoint | Self::NoDelivery => {
                "NOT_FOUND"
            }
            Self::Fields(_) => "VALIDATION_ERROR",
            Self::Full(_) | Self::TooManyWaiting => "TOO_MANY",
            Self::EndpointDisabled => "ENDPOINT_DISABLED",
            Self::DeliveryPending => "DELIVERY_PENDING",
            Self::Bus(_) => "UNAVAILABLE",
            Self::Seal(_) | Self::Store(_) => "INTERNAL_ERROR",
        }
    }

    fn text(&self) -> Text {
        match self {
            Self::Authentication(error) => error.text(),
            Self::Quota(error) => error.text(),
            Self::NotFound => Text::new("自动化规则不存在", "There is no such automation"),
            Self::NoNotification => Text::new("通知不存在", "There is no such notification"),
            Self::NoEndpoint => Text::new("Webhook 端点不存在", "There is no such endpoint"),
            Self::NoDelivery => Text::new("投递记录不存在", "There is no such delivery"),
            Self::EndpointDisabled => {
                Text::new("Webhook 端点已停用", "The endpoint is disabled; enable it first")
            }
            Self::TooManyWaiting => {
                Text::new("等待投递的消息过多", "Too many deliveries wait for the endpoint already")
            }
            Self::DeliveryPending => {
                Text::new("该消息仍在投递中", "The delivery is still being tried")
            }
            Self::Fields(_) => Text::new("提交的内容有误", "Some of it is not right"),
            Self::Full(_) => Text::new("数量已达上限", "There are as many as there may be"),
            Self::Bus(_) => Text::new("服务暂时不可用", "This is not to be had at the moment"),
            Self::Seal(_) | Self::Store(_) => {
                Text::new("服务器内部错误", "Something went wrong on our side")
            }
        }
    }

    fn details(&self) -> Value {
        match self {
            Self::Authentication(error) => error.details(),
            Self::Quota(error) => error.details(),
            Self::Fields(fields) => json!(fields),
            Self::Full(most) => json!({ "most": most }),
            _ => json!({}),
        }
    }
}
