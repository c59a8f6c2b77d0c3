//! What came of a rule at an event.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use shared_kernel::domain::{Event, Id, Owner, Timestamp};

use super::{Action, Automation};

/// How far a firing is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FiringState {
    /// Its actions are under way.
    Pending,
    /// All actions were done.
    Done,
    /// An action could not be done.
    Failed,
    /// Nothing was done, so that rules do not set each other off for ever.
    HeldBack,
}

impl FiringState {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::HeldBack => "held_back",
        }
    }

    /// Of a row.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Pending, Self::Done, Self::Failed, Self::HeldBack]
            .into_iter()
            .find(|one| one.as_str() == text)
    }
}

/// What became of one action.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ActionOutcome {
    /// Such as `email`.
    pub kind: String,
    pub done: bool,
    /// What it led to: `execution_id`, for example.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub result: Value,
    /// Why it could not be done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// A rule that fired, or was kept from it.
#[derive(Debug, Clone, PartialEq)]
pub struct Firing {
    pub id: Id<Self>,
    pub automation: Id<Automation>,
    pub owner: Owner,
    pub event: Id<Event>,
    /// `trigger` as expressions saw it.
    pub told: Value,
    pub state: FiringState,
    /// Why it was held back, or could not begin.
    pub reason: Option<String>,
    /// As they are done, without expressions.
    pub actions: Vec<Action>,
    /// In the order of the actions; null while it is not done.
    pub outcomes: Vec<Option<ActionOutcome>>,
    /// How many executions led to it, one by the other.
    pub depth: u32,
    pub attempts: u32,
    pub fired_at: Timestamp,
    pub ended_at: Option<Timestamp>,
}

/// A note for somebody.
#[derive(Debug, Clone, PartialEq)]
pub struct Notification {
    pub id: Id<Self>,
    pub title: String,
    pub body: String,
    /// The rule that left it, unless the platform did.
    pub automation: Option<Id<Automation>>,
    pub created_at: Timestamp,
    pub read_at: Option<Timestamp>,
}
