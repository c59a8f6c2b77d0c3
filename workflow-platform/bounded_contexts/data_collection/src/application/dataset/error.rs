//! Why a use case of datasets did not do what was asked.

use serde_json::{Value, json};
use shared_kernel::{
    application::{AuthenticationError, EntitlementsError},
    domain::{ErrorKind, Fault, Text},
    infrastructure::cpu::CpuError,
};

use super::ports::DatasetStoreError;
use crate::domain::dataset::{BatchError, ContractError, FilterError};

#[derive(Debug, thiserror::Error)]
pub enum DatasetsError {
    #[error(transparent)]
    Authentication(#[from] AuthenticationError),
    #[error(transparent)]
    Quota(#[from] EntitlementsError),
    /// Absent, or another user's.
    #[error("there is no such dataset")]
    NotFound,
    #[error("there is no such {0}")]
    PartNotFound(&'static str),
    /// What was asked for is no longer kept.
    #[error("changes up to version {0} are no longer kept")]
    Forgotten(u64),
    #[error("there is a dataset of this name already")]
    Exists,
    #[error("there is a record {0:?} already")]
    RecordExists(String),
    #[error("the dataset's key is {0:?}")]
    OtherKey(Vec<String>),
    #[error("the index of {0:?} is being built")]
    IndexBuilding(String),
    #[error("a batch that was decided on stays so")]
    Decided,
    #[error("{what}: at most {most}")]
    TooMany { what: &'static str, most: u64 },
    /// A field of the request that is not right.
    #[error("{path}: {message}")]
    Input { path: String, message: String },
    #[error("body is larger than {0} bytes")]
    TooLarge(u64),
    #[error("body could not be read")]
    Unreadable,
    #[error("datasets cannot be read or written")]
    Store(#[from] DatasetStoreError),
    #[error(transparent)]
    Cpu(#[from] CpuError),
}

impl DatasetsError {
    pub fn input(path: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Input { path: path.into(), message: message.into() }
    }
}

impl From<BatchError> for DatasetsError {
    fn from(BatchError { path, message }: BatchError) -> Self {
        Self::Input { path, message }
    }
}

impl From<FilterError> for DatasetsError {
    fn from(FilterError { path, message }: FilterError) -> Self {
        Self::Input { path, message }
    }
}

impl From<ContractError> for DatasetsError {
    fn from(ContractError { path, message }: ContractError) -> Self {
        Self::input(path, message)
    }
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
            Self::NotFound | Self::PartNotFound(_) | Self::Forgotten(_) => ErrorKind::NotFound,
            Self::Exists
            | Self::RecordExists(_)
            | Self::OtherKey(_)
            | Self::IndexBuilding(_)
            | Self::Decided
            | Self::TooMany { .. } => ErrorKind::Conflict,
            Self::Input { .. } => ErrorKind::Invalid,
            Self::TooLarge(_) => ErrorKind::TooLarge,
            Self::Unreadable => ErrorKind::Malformed,
            Self::Store(_) | Self::Cpu(_) => ErrorKind::Bug,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Authentication(error) => error.code(),
            Self::Quota(error) => error.code(),
            Self::NotFound | Self::PartNotFound(_) => "NOT_FOUND",
            Self::Forgotten(_) => "VERSION_FORGOTTEN",
            Self::Exists => "DATASET_EXISTS",
            Self::RecordExists(_) => "RECORD_EXISTS",
            Self::OtherKey(_) => "DATASET_KEY_MISMATCH",
            Self::IndexBuilding(_) => "INDEX_BUILDING",
            Self::Decided => "BATCH_DECIDED",
            Self::TooMany { .. } => "TOO_MANY",
            Self::Input { .. } => "VALIDATION_ERROR",
            Self::TooLarge(_) => "PAYLOAD_TOO_LARGE",
            Self::Unreadable => "MALFORMED_BODY",
            Self::Store(_) | Self::Cpu(_) => "INTERNAL_ERROR",
        }
    }

    fn text(&self) -> Text {
        match self {
            Self::Authentication(error) => error.text(),
            Self::Quota(error) => error.text(),
            Self::NotFound => Text::new("数据集不存在", "There is no such dataset"),
            Self::PartNotFound(_) => Text::new("资源不存在", "There is nothing here"),
            Self::Forgotten(_) => {
                Text::new("该版本的历史已不再保留", "The history of this version is no longer kept")
            }
            Self::Exists => {
                Text::new("同名数据集已存在", "A dataset of this name is there already")
            }
            Self::RecordExists(_) => {
                Text::new("相同主键的记录已存在", "A record of this key is there already")
            }
            Self::OtherKey(_) => Text::new("主键字段与数据集不一致", "The dataset has another key"),
            Self::IndexBuilding(_) => Text::new(
                "该字段的索引正在建立，请稍后再试",
                "The index of this field is being built; try again soon",
            ),
            Self::Decided => Text::new("该批次已处理", "The batch was decided on before"),
            Self::TooMany { .. } => Text::new("数量已达上限", "There are too many already"),
            Self::Input { .. } => Text::new("请求参数有误", "Some fields are not right"),
            Self::TooLarge(_) => Text::new("请求体过大", "The body is too large"),
            Self::Unreadable => Text::new("请求体无法读取", "The body could not be read"),
            Self::Store(_) | Self::Cpu(_) => {
                Text::new("服务器内部错误", "Something went wrong on our side")
            }
        }
    }

    fn details(&self) -> Value {
        match self {
            Self::Authentication(error) => error.details(),
            Self::Quota(error) => error.details(),
            Self::Input { path, message } => json!({ path: [message] }),
            Self::PartNotFound(what) => json!({ "what": what }),
            Self::Forgotten(version) => json!({ "forgotten_up_to": version }),
            Self::RecordExists(key) => json!({ "key": key }),
            Self::OtherKey(key) => json!({ "key": key }),
            Self::IndexBuilding(field) => json!({ "field": field }),
            Self::TooMany { what, most } => json!({ "what": what, "most": most }),
            Self::TooLarge(most) => json!({ "most_bytes": most }),
            _ => json!({}),
        }
    }

    fn retry_after(&self) -> Option<u64> {
        matches!(self, Self::IndexBuilding(_)).then_some(5)
    }
}
