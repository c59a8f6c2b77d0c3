//! The words in which executions and steps are spoken of.

use std::str::FromStr;

use serde::{Deserialize, Serialize};
use shared_kernel::application::ActionError;

/// Where an execution stands: `pending → running ⇄ waiting → succeeded | failed | cancelled |
/// timed_out`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ExecutionStatus)]
pub enum Status {
    /// In the queue, never started.
    Pending,
    /// A worker has it, or is about to take it over.
    Running,
    /// Only timers are pending; no worker has it.
    Waiting,
    Succeeded,
    Failed,
    Cancelled,
    TimedOut,
}

/// The text names no status.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a status of an execution")]
pub struct UnknownStatus;

impl Status {
    pub const ALL: [Self; 7] = [
        Self::Pending,
        Self::Running,
        Self::Waiting,
        Self::Succeeded,
        Self::Failed,
        Self::Cancelled,
        Self::TimedOut,
    ];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Running => "running",
            Self::Waiting => "waiting",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
            Self::TimedOut => "timed_out",
        }
    }

    /// Nothing more will happen.
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Succeeded | Self::Failed | Self::Cancelled | Self::TimedOut)
    }
}

impl FromStr for Status {
    type Err = UnknownStatus;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|status| status.as_str() == text).ok_or(UnknownStatus)
    }
}

/// Where a step stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum StepStatus {
    Pending,
    Running,
    /// Its timer, or the one before its next attempt, is running.
    Waiting,
    Succeeded,
    Failed,
    Skipped,
    Cancelled,
}

impl StepStatus {
    /// As `steps.x.status` gives it in expressions.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Running => "running",
            Self::Waiting => "waiting",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Skipped => "skipped",
            Self::Cancelled => "cancelled",
        }
    }
}

/// What stopped an execution before its steps were done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    Cancelled,
    TimedOut,
}

/// Why an execution did not succeed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ExecutionError {
    /// The step that failed; absent when the run as a whole did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<String>,
    /// Stable upper-case code, such as `ROBOTS_DENIED` or `TIMED_OUT`.
    pub code: String,
    pub message: String,
}

impl ExecutionError {
    pub fn of_step(step: &str, error: &ActionError) -> Self {
        Self {
            step: Some(step.to_owned()),
            code: error.code.clone(),
            message: error.message.clone(),
        }
    }

    pub fn of_run(code: &str, message: impl Into<String>) -> Self {
        Self { step: None, code: code.to_owned(), message: message.into() }
    }
}
