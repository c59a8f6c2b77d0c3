//! What started an execution, in one word.

use std::str::FromStr;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What an execution was started by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ExecutionOrigin)]
pub enum Origin {
    /// A person, or a program in their name.
    Manual,
    Schedule,
    /// Ticks of a schedule that were missed.
    Backfill,
    Webhook,
    /// An event that a workflow listens to.
    Event,
    /// A rule, whatever it heard of.
    Automation,
    /// A step of another execution, which waits for its end.
    Workflow,
    /// It is one item of a step that is spread.
    Spread,
    /// Somebody ran an execution again.
    Rerun,
}

/// The text names no origin.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not something that starts executions")]
pub struct UnknownOrigin;

impl Origin {
    pub const ALL: [Self; 9] = [
        Self::Manual,
        Self::Schedule,
        Self::Backfill,
        Self::Webhook,
        Self::Event,
        Self::Automation,
        Self::Workflow,
        Self::Spread,
        Self::Rerun,
    ];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Manual => "manual",
            Self::Schedule => "schedule",
            Self::Backfill => "backfill",
            Self::Webhook => "webhook",
            Self::Event => "event",
            Self::Automation => "automation",
            Self::Workflow => "workflow",
            Self::Spread => "spread",
            Self::Rerun => "rerun",
        }
    }

    /// The origin that a trigger, as journal and expressions see it, tells of.
    pub fn of(trigger: &Value) -> Option<Self> {
        // A rule says what it heard of as its kind.
        if !trigger["automation_id"].is_null() {
            return Some(Self::Automation);
        }
        trigger["kind"].as_str()?.parse().ok()
    }
}

impl FromStr for Origin {
    type Err = UnknownOrigin;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|origin| origin.as_str() == text).ok_or(UnknownOrigin)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_rule_is_an_origin_whatever_it_heard_of() {
        let heard = json!({ "kind": "schedule", "automation_id": "1" });
        assert_eq!(Origin::of(&heard), Some(Origin::Automation));
        assert_eq!(Origin::of(&json!({ "kind": "schedule" })), Some(Origin::Schedule));
        assert_eq!(Origin::of(&json!({ "kind": "dream" })), None);
        assert_eq!(Origin::of(&Value::Null), None);
    }
}
