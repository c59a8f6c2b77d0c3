//! Why a step was not tried.

use serde_json::{Value, json};
use shared_kernel::{
    application::AuthenticationError,
    domain::{ErrorKind, Fault, Text},
};

use crate::application::{
    definitions::DefinitionsError,
    executions::{ExecutionsError, StoreError, UserDirectoryError},
};

#[derive(Debug, thiserror::Error)]
pub enum TrialError {
    #[error(transparent)]
    Authentication(#[from] AuthenticationError),
    #[error(transparent)]
    Definitions(#[from] DefinitionsError),
    #[error(transparent)]
    Executions(#[from] ExecutionsError),
    #[error("the definition has no step {0}")]
    NoStep(String),
    /// It means something within an execution alone.
    #[error("step kind {uses} cannot be run by itself")]
    NotAlone { uses: String, why: Text },
    /// So many are under way for the owner.
    #[error("{0} steps are being tried already")]
    Busy(usize),
    #[error(transparent)]
    Users(#[from] UserDirectoryError),
}

impl From<StoreError> for TrialError {
    fn from(error: StoreError) -> Self {
        Self::Executions(error.into())
    }
}

impl Fault for TrialError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Authentication(error) => error.kind(),
            Self::Definitions(error) => error.kind(),
            Self::Executions(error) => error.kind(),
            Self::NoStep(_) | Self::NotAlone { .. } => ErrorKind::Invalid,
            Self::Busy(_) => ErrorKind::RateLimited,
            Self::Users(_) => ErrorKind::Unavailable,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Authentication(error) => error.code(),
            Self::Definitions(error) => error.code(),
            Self::Executions(error) => error.code(),
            Self::NoStep(_) => "VALIDATION_ERROR",
            Self::NotAlone { .. } => "STEP_NOT_TESTABLE",
            Self::Busy(_) => "STEP_TESTS_BUSY",
            Self::Users(_) => "UNAVAILABLE",
        }
    }

    fn text(&self) -> Text {
        match self {
            Self::Authentication(error) => error.text(),
            Self::Definitions(error) => error.text(),
            Self::Executions(error) => error.text(),
            Self::NoStep(_) => Text::new("工作流没有该步骤", "The workflow has no such step"),
            Self::NotAlone { why, .. } => why.clone(),
            Self::Busy(_) => Text::new(
                "已有步骤正在试运行，请等待其结束",
                "Steps are being tried already; wait for one of them to end",
            ),
            Self::Users(_) => Text::new("服务暂时不可用", "The service is not available now"),
        }
    }

    fn details(&self) -> Value {
        match self {
            Self::Authentication(error) => error.details(),
            Self::Definitions(error) => error.details(),
            Self::Executions(error) => error.details(),
            Self::NoStep(_) => json!({ "step": [self.to_string()] }),
            Self::NotAlone { uses, .. } => json!({ "uses": uses }),
            Self::Busy(most) => json!({ "most": most }),
            Self::Users(_) => json!({}),
        }
    }
}
