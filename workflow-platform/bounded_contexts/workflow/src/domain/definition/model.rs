//! A definition, checked and compiled.

use std::{fmt, sync::Arc, time::Duration};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use shared_kernel::domain::Timestamp;

use super::{ParamsSchema, Problem};
use crate::domain::{expression::Template, identifier::is_identifier};

/// A workflow.
#[derive(Debug, Clone)]
pub struct Definition {
    pub name: String,
    pub description: Option<String>,
    pub params: ParamsSchema,
    pub triggers: Vec<Trigger>,
    pub concurrency: Option<Concurrency>,
    /// Of its executions unless they say otherwise; higher goes first among a user's own.
    pub priority: i32,
    /// Of the whole run.
    pub timeout: Option<Duration>,
    pub steps: Vec<Step>,
    /// Run when a step failed for good or the run took too long.
    pub on_failure: Vec<Step>,
    /// Run at the end, whatever happened.
    pub finally: Vec<Step>,
    pub outputs: Vec<(String, Template)>,
    /// What is allowed and hardly meant; known when it was checked just now.
    pub advice: Vec<Problem>,
    /// Names of the owner's variables that its expressions use.
    pub variables: Vec<String>,
    /// The document as JSON values: the stored form, and what the editor shows.
    pub model: Value,
}

/// Name of a step, unique in its definition: letters, digits and `_`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct StepId(String);

/// Words of CEL (language definition, "Syntax": `RESERVED` and literals).
const RESERVED: [&str; 21] = [
    "as",
    "break",
    "const",
    "continue",
    "else",
    "false",
    "for",
    "function",
    "if",
    "import",
    "in",
    "let",
    "loop",
    "namespace",
    "null",
    "package",
    "return",
    "true",
    "var",
    "void",
    "while",
];

impl StepId {
    /// Up to 64 of `A-Z a-z 0-9 _`, no digit first, so that `steps.<id>` is an expression.
    pub fn parse(text: &str) -> Option<Self> {
        is_identifier(text).then(|| Self(text.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether `steps.<id>` is no expression, as CEL keeps the word for itself.
    pub fn is_reserved(&self) -> bool {
        RESERVED.contains(&self.0.as_str())
    }
}

impl fmt::Display for StepId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One step.
#[derive(Debug, Clone)]
pub struct Step {
    pub id: StepId,
    /// Name of the action.
    pub uses: String,
    pub with: Template,
    /// Names of the secrets that `with` uses.
    pub secrets: Vec<String>,
    /// Steps of the same list that must have settled.
    pub needs: Vec<StepId>,
    /// `if`.
    pub condition: Option<Arc<Template>>,
    pub for_each: Option<Template>,
    /// Items at once; 1 unless given.
    pub max_parallel: u32,
    /// Each item is an execution of its own, for any worker to take.
    pub spread: bool,
    pub retry: RetryPolicy,
    /// A result that is kept for others.
    pub cache: Option<CachePolicy>,
    /// Of one attempt.
    pub timeout: Option<Duration>,
    pub on_error: OnError,
}

/// How long a result stands for later runs of the step in the same workflow.
#[derive(Debug, Clone)]
pub struct CachePolicy {
    /// Runs with the same key have the same result; null is not kept.
    pub key: Template,
    pub ttl: Duration,
}

/// What a step's last failure means for the run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OnError {
    #[default]
    Fail,
    Continue,
}

/// How the pause between attempts grows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Backoff {
    Fixed,
    Linear,
    #[default]
    Exponential,
}

/// How often and how far apart a step is tried.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RetryPolicy {
    pub max_attempts: u32,
    pub backoff: Backoff,
    pub initial: Duration,
    pub max: Duration,
    pub jitter: bool,
}

impl Default for RetryPolicy {
    /// One attempt; the rest is for those who only raise `max_attempts`.
    fn default() -> Self {
        Self {
            max_attempts: 1,
            backoff: Backoff::Exponential,
            initial: Duration::from_secs(1),
            max: Duration::from_mins(5),
            jitter: true,
        }
    }
}

impl RetryPolicy {
    /// Pause after the failure of `attempt`, which counts from 1. `random` in `0.0..1.0` spreads
    /// it over its upper half ("equal jitter" of the AWS Architecture Blog, 2015).
    pub fn delay(&self, attempt: u32, random: f64) -> Duration {
        let steps = attempt.saturating_sub(1);
        let grown = match self.backoff {
            Backoff::Fixed => self.initial,
            Backoff::Linear => self.initial.saturating_mul(attempt.max(1)),
            Backoff::Exponential => {
                self.initial.saturating_mul(1_u32.checked_shl(steps).unwrap_or(u32::MAX))
            }
        };
        let delay = grown.min(self.max);
        if self.jitter { delay.mul_f64(0.5 + random.clamp(0.0, 1.0) / 2.0) } else { delay }
    }
}

/// At most `limit` executions of the owner with the same key at once.
#[derive(Debug, Clone)]
pub struct Concurrency {
    /// Evaluated with `params` when an execution is asked for.
    pub key: Template,
    pub limit: u32,
}

/// What happens to ticks that fell due while nobody was there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Misfire {
    Skip,
    /// One execution for all of them.
    #[default]
    Once,
    All,
}

/// What a tick does while an execution of the same trigger has not ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Overlap {
    #[default]
    Queue,
    Skip,
    CancelRunning,
}

/// When a schedule is due.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Timing {
    Cron {
        /// Five fields, or six with seconds first.
        cron: String,
        /// IANA name; UTC unless given.
        timezone: String,
    },
    /// At the whole multiples of a duration since 1970-01-01T00:00:00Z.
    Interval { interval: String },
    /// Once.
    At { at: Timestamp },
    /// Whenever somebody calls its address.
    Webhook { webhook: Webhook },
    /// Whenever something of this kind happened to what the owner has: `execution.finished`, or
    /// `execution.*`.
    Event { event: String },
    /// Whenever the dataset gained or changed records.
    Dataset { dataset: String },
}

/// An address that starts the workflow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Webhook {
    /// Calls must be signed as Standard Webhooks says.
    #[serde(default)]
    pub signed: bool,
    #[serde(default)]
    pub reply: ReplyWhen,
}

/// When a call is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReplyWhen {
    /// As soon as the execution is durable.
    #[default]
    Started,
    /// When it has ended, with its outputs.
    Finished,
}

impl Timing {
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Cron { .. } => "cron",
            Self::Interval { .. } => "interval",
            Self::At { .. } => "at",
            Self::Webhook { .. } => "webhook",
            Self::Event { .. } => "event",
            Self::Dataset { .. } => "dataset",
        }
    }

    /// As it stands in the definition; a webhook has none.
    pub fn expression(&self) -> String {
        match self {
            Self::Cron { cron, .. } => cron.clone(),
            Self::Interval { interval } => interval.clone(),
            Self::At { at } => at.to_string(),
            Self::Webhook { .. } => String::new(),
            Self::Event { event } => event.clone(),
            Self::Dataset { dataset } => dataset.clone(),
        }
    }

    pub fn timezone(&self) -> &str {
        match self {
            Self::Cron { timezone, .. } => timezone,
            _ => "UTC",
        }
    }
}

/// Starts the workflow on a schedule, on a call or on an event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trigger {
    #[serde(flatten)]
    pub timing: Timing,
    /// An expression on `trigger`, for events and datasets: others start nothing.
    #[serde(rename = "if", default, skip_serializing_if = "Option::is_none")]
    pub condition: Option<String>,
    pub misfire: Misfire,
    pub overlap: Overlap,
    /// For the executions it starts.
    pub params: Value,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stored_trigger_is_read_back() {
        for timing in [
            Timing::Cron { cron: "0 8 * * *".into(), timezone: "UTC".into() },
            Timing::Interval { interval: "15m".into() },
            Timing::At { at: Timestamp::from_micros(5) },
            Timing::Webhook { webhook: Webhook { signed: true, reply: ReplyWhen::Finished } },
            Timing::Event { event: "execution.*".into() },
            Timing::Dataset { dataset: "books".into() },
        ] {
            let trigger = Trigger {
                timing,
                condition: Some("true".into()),
                misfire: Misfire::Once,
                overlap: Overlap::Queue,
                params: Value::Null,
            };
            let text = serde_json::to_string(&trigger).unwrap();
            assert_eq!(serde_json::from_str::<Trigger>(&text).unwrap(), trigger);
        }
    }

    #[test]
    fn pauses_grow_to_their_limit_and_stay_in_their_half() {
        let policy = RetryPolicy {
            max_attempts: 9,
            jitter: false,
            max: Duration::from_secs(6),
            ..RetryPolicy::default()
        };
        let seconds: Vec<_> = (1..=5).map(|attempt| policy.delay(attempt, 0.0).as_secs()).collect();
        assert_eq!(seconds, [1, 2, 4, 6, 6]);
        assert_eq!(policy.delay(1000, 0.0), Duration::from_secs(6));
        let spread = RetryPolicy { jitter: true, ..policy };
        assert_eq!(spread.delay(3, 0.0), Duration::from_secs(2));
        assert_eq!(spread.delay(3, 1.0), Duration::from_secs(4));
    }
}
