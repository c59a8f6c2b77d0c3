//! What the journal holds.
//!
//! Each kind has a name, which stands in the row's `kind`, and a body, which is its payload. A
//! body may gain fields with a default; a change beyond that gets a new name (`step.failed.2`),
//! and the old name stays decodable through a conversion in [`JournalEvent::decode`].

use serde::{Deserialize, Serialize};
use serde_json::Value;
use shared_kernel::{
    application::{ActionError, StepRecord},
    domain::{Cost, Execution, Id, Timestamp},
};

use super::{Cause, ExecutionError, Phase, Signal, Status};

/// A row of the journal cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum UnknownEvent {
    #[error("journal event kind {0} is not known")]
    Kind(String),
    #[error("journal event {kind} has a body that does not fit")]
    Body {
        kind: String,
        #[source]
        source: serde_json::Error,
    },
}

macro_rules! journal_events {
    ($($(#[$doc:meta])* $variant:ident = $kind:literal),+ $(,)?) => {
        /// Something that happened in an execution, in the order of the journal.
        #[derive(Debug, Clone, PartialEq)]
        pub enum JournalEvent {
            $($(#[$doc])* $variant($variant),)+
        }

        impl JournalEvent {
            /// The names of all kinds.
            pub const KINDS: [&str; [$($kind),+].len()] = [$($kind),+];

            /// The name under which the event is stored and streamed.
            pub const fn kind(&self) -> &'static str {
                match self { $(Self::$variant(_) => $kind,)+ }
            }

            /// The body as JSON text.
            pub fn encode(&self) -> Result<String, serde_json::Error> {
                match self { $(Self::$variant(body) => serde_json::to_string(body),)+ }
            }

            pub fn decode(kind: &str, body: &str) -> Result<Self, UnknownEvent> {
                let event = match kind {
                    $($kind => serde_json::from_str(body).map(Self::$variant),)+
                    _ => return Err(UnknownEvent::Kind(kind.to_owned())),
                };
                event.map_err(|source| UnknownEvent::Body { kind: kind.to_owned(), source })
            }
        }

        $(impl From<$variant> for JournalEvent {
            fn from(body: $variant) -> Self {
                Self::$variant(body)
            }
        })+
    };
}

journal_events! {
    /// Somebody or something asked for the run. Always the first event.
    Created = "execution.created",
    /// A worker took it for the first time.
    Started = "execution.started",
    /// `for_each` was evaluated.
    StepExpanded = "step.expanded",
    StepSkipped = "step.skipped",
    /// An attempt has been running for a while. Quick attempts leave only their result.
    StepStarted = "step.started",
    /// Checkpoints of an attempt, handed back to a later one.
    StepRecorded = "step.recorded",
    /// A `wait.for` or `wait.until` began.
    WaitStarted = "step.waiting",
    /// A `wait.signal` began.
    SignalAwaited = "step.awaiting",
    /// Somebody sent a signal. It may come before its step waits.
    SignalReceived = "signal.received",
    /// A `workflow.run` started its execution and waits for it.
    ChildStarted = "step.calling",
    /// An execution that a `workflow.run` started is over. It may come before `step.calling`.
    ChildEnded = "child.ended",
    StepSucceeded = "step.succeeded",
    /// One attempt failed; whether another follows says `retry_at`.
    StepFailed = "step.failed",
    /// A running step was told to stop and did.
    StepCancelled = "step.cancelled",
    /// Nothing more of the phase will start.
    Stopping = "execution.stopping",
    /// The last event, unless the execution was taken up again.
    Finished = "execution.finished",
    /// Somebody had an execution that did not succeed go on from where it failed.
    Retried = "execution.retried",
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Created {
    pub definition_id: uuid::Uuid,
    pub version: u32,
    #[serde(default)]
    pub params: Value,
    /// The owner's variables that it uses.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub vars: Value,
    /// What started it: `{"kind": "manual" | "schedule" | …, …}`.
    #[serde(default)]
    pub trigger: Value,
    /// Not the whole workflow is run but one item of one step.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fragment: Option<Fragment>,
}

/// One item of a step that is spread.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Fragment {
    pub step: String,
    pub input: Value,
    /// The same in however many executions the item is tried.
    pub idempotency_key: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Started {}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StepExpanded {
    pub step: String,
    pub items: Vec<Value>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StepSkipped {
    pub step: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StepStarted {
    pub step: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item: Option<u32>,
    pub attempt: u32,
    pub started_at: Timestamp,
    #[serde(default)]
    pub input: Value,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StepRecorded {
    pub step: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item: Option<u32>,
    pub records: Vec<StepRecord>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WaitStarted {
    pub step: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item: Option<u32>,
    pub until: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SignalAwaited {
    pub step: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item: Option<u32>,
    /// What the people are asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// When it is given up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SignalReceived {
    pub step: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item: Option<u32>,
    #[serde(flatten)]
    pub signal: Signal,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ChildStarted {
    pub step: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item: Option<u32>,
    pub attempt: u32,
    pub started_at: Timestamp,
    /// Present when no `step.started` of this attempt was journalled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub input: Option<Value>,
    pub execution: Id<Execution>,
    /// When it is given up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ChildEnded {
    pub execution: Id<Execution>,
    pub status: Status,
    #[serde(default)]
    pub outputs: Value,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<ExecutionError>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StepSucceeded {
    pub step: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item: Option<u32>,
    pub attempt: u32,
    pub started_at: Timestamp,
    /// Present when no `step.started` of this attempt was journalled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub input: Option<Value>,
    #[serde(default)]
    pub output: Value,
    /// An earlier run gave it; nothing was done.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub cached: bool,
    /// What it used.
    #[serde(default, skip_serializing_if = "Cost::is_nothing")]
    pub cost: Cost,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StepFailed {
    pub step: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item: Option<u32>,
    pub attempt: u32,
    pub started_at: Timestamp,
    /// Present when no `step.started` of this attempt was journalled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub input: Option<Value>,
    pub error: ActionError,
    /// When the next attempt is due; absent when this was the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_at: Option<Timestamp>,
    /// What it used.
    #[serde(default, skip_serializing_if = "Cost::is_nothing")]
    pub cost: Cost,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StepCancelled {
    pub step: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item: Option<u32>,
    pub attempt: u32,
    pub started_at: Timestamp,
    /// What it used.
    #[serde(default, skip_serializing_if = "Cost::is_nothing")]
    pub cost: Cost,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Stopping {
    pub cause: Cause,
    /// The phase that is stopped; later ones may still run.
    pub phase: Phase,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finished {
    pub status: Status,
    #[serde(default)]
    pub outputs: Value,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<ExecutionError>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Retried {}

impl JournalEvent {
    /// The step the event is about.
    pub fn step(&self) -> Option<&str> {
        match self {
            Self::StepExpanded(body) => Some(&body.step),
            Self::StepSkipped(body) => Some(&body.step),
            Self::StepStarted(body) => Some(&body.step),
            Self::StepRecorded(body) => Some(&body.step),
            Self::WaitStarted(body) => Some(&body.step),
            Self::SignalAwaited(body) => Some(&body.step),
            Self::SignalReceived(body) => Some(&body.step),
            Self::ChildStarted(body) => Some(&body.step),
            Self::StepSucceeded(body) => Some(&body.step),
            Self::StepFailed(body) => Some(&body.step),
            Self::StepCancelled(body) => Some(&body.step),
            Self::Created(_)
            | Self::Started(_)
            | Self::ChildEnded(_)
            | Self::Stopping(_)
            | Self::Finished(_)
            | Self::Retried(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_event_survives_its_row() {
        let event = JournalEvent::from(StepFailed {
            step: "fetch".into(),
            item: Some(3),
            attempt: 2,
            started_at: Timestamp::from_micros(5),
            input: Some(json!({"url": "x"})),
            error: ActionError::retryable("TIMEOUT", "took too long"),
            retry_at: Some(Timestamp::from_micros(9)),
            cost: Cost { pages: 3, bytes: 900, proxy_bytes: 0, cpu_ms: 4 },
        });
        let body = event.encode().unwrap();
        assert_eq!(JournalEvent::decode(event.kind(), &body).unwrap(), event);
    }

    #[test]
    fn rows_of_the_first_version_stay_readable() {
        let rows = [
            (
                "execution.created",
                r#"{"definition_id":"0193a1b2-c3d4-7e8f-9a0b-1c2d3e4f5a6b","version":1}"#,
            ),
            ("execution.started", "{}"),
            ("step.expanded", r#"{"step":"a","items":[1]}"#),
            ("step.skipped", r#"{"step":"a"}"#),
            ("step.started", r#"{"step":"a","attempt":1,"started_at":"2026-01-01T00:00:00Z"}"#),
            ("step.recorded", r#"{"step":"a","records":[{"key":"k","value":1}]}"#),
            ("step.waiting", r#"{"step":"a","until":"2026-01-01T00:00:00Z"}"#),
            ("step.awaiting", r#"{"step":"a"}"#),
            (
                "signal.received",
                r#"{"step":"a","by":"0193a1b2-c3d4-7e8f-9a0b-1c2d3e4f5a6b",
                    "at":"2026-01-01T00:00:00Z"}"#,
            ),
            (
                "step.calling",
                r#"{"step":"a","attempt":1,"started_at":"2026-01-01T00:00:00Z",
                    "execution":"0193a1b2-c3d4-7e8f-9a0b-1c2d3e4f5a6b"}"#,
            ),
            (
                "child.ended",
                r#"{"execution":"0193a1b2-c3d4-7e8f-9a0b-1c2d3e4f5a6b","status":"failed"}"#,
            ),
            ("step.succeeded", r#"{"step":"a","attempt":1,"started_at":"2026-01-01T00:00:00Z"}"#),
            (
                "step.failed",
                r#"{"step":"a","attempt":1,"started_at":"2026-01-01T00:00:00Z",
                    "error":{"failure":"permanent","code":"X","message":"y"}}"#,
            ),
            ("step.cancelled", r#"{"step":"a","attempt":1,"started_at":"2026-01-01T00:00:00Z"}"#),
            ("execution.stopping", r#"{"cause":"cancelled","phase":"main"}"#),
            ("execution.finished", r#"{"status":"succeeded"}"#),
            ("execution.retried", "{}"),
        ];
        for (kind, body) in rows {
            assert_eq!(JournalEvent::decode(kind, body).unwrap().kind(), kind);
        }
    }

    #[test]
    fn an_unknown_kind_is_an_error() {
        assert!(matches!(JournalEvent::decode("step.dreamt", "{}"), Err(UnknownEvent::Kind(_))));
    }
}
