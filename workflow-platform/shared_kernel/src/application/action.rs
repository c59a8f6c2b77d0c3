//! What a workflow step can do. Contexts offer actions; the engine runs them.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use async_trait::async_trait;
use schemars::{JsonSchema, generate::SchemaSettings};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use super::{ActionTexts, BlobStore};
use crate::domain::{Ambient, ErrorKind, Execution, Id, Owner, Timestamp, TraceContext};

/// How an action presents itself; validation, editor and docs all read it.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ActionDescriptor {
    /// What `uses:` names, such as `http.request`.
    pub name: String,
    pub title: String,
    pub description: String,
    /// JSON Schema (2020-12) of `with`. Values may be expressions; those are checked when run.
    #[schema(value_type = Object)]
    pub input_schema: Value,
    /// JSON Schema (2020-12) of the output.
    #[schema(value_type = Object)]
    pub output_schema: Value,
}

/// JSON Schema of a type, without references, as an action presents its input or output.
pub fn schema_of<T: JsonSchema>() -> Value {
    let settings =
        SchemaSettings::draft2020_12().with(|settings| settings.inline_subschemas = true);
    let mut schema = settings.into_generator().into_root_schema_for::<T>();
    // The name of a type in the code tells nobody anything.
    schema.remove("title");
    schema.to_value()
}

/// A kind of step.
///
/// `run` may be called again with the same idempotency key after a crash in its middle; what it
/// recorded through [`ActionContext::record`] is then in [`ActionContext::records`].
#[async_trait]
pub trait Action: Send + Sync {
    fn describe(&self) -> ActionDescriptor;

    /// Whether it cannot do without [`ActionContext::record`], and so runs within an execution alone.
    fn needs_journal(&self) -> bool {
        false
    }

    async fn run(&self, ctx: &ActionContext, input: Value) -> Result<Value, ActionError>;
}

/// Whether trying again can help.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ActionFailure {
    /// A later attempt may succeed (transport, throttling, time-out).
    Retryable,
    /// No attempt will succeed (bad input, refused address, robots).
    Permanent,
    /// The step was cancelled and has stopped.
    Cancelled,
}

/// Why an action did not give an output. Goes to the journal and to the user.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, thiserror::Error)]
#[error("{code}: {message}")]
pub struct ActionError {
    pub failure: ActionFailure,
    /// Stable upper-case code, such as `ROBOTS_DENIED`.
    pub code: String,
    pub message: String,
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub details: Value,
    /// The earliest time at which another attempt makes sense, when the other side said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_at: Option<Timestamp>,
}

impl ActionError {
    pub fn permanent(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self::new(ActionFailure::Permanent, code, message)
    }

    pub fn retryable(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self::new(ActionFailure::Retryable, code, message)
    }

    pub fn cancelled() -> Self {
        Self::new(ActionFailure::Cancelled, "CANCELLED", "the step was cancelled")
    }

    fn new(failure: ActionFailure, code: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            failure,
            code: code.into(),
            message: message.into(),
            details: Value::Null,
            retry_at: None,
        }
    }

    #[must_use]
    pub fn with_details(mut self, details: Value) -> Self {
        self.details = details;
        self
    }

    #[must_use]
    pub fn retry_at(mut self, at: Timestamp) -> Self {
        self.retry_at = Some(at);
        self
    }

    /// Bad input, naming the field.
    pub fn invalid_input(path: &str, message: impl Into<String>) -> Self {
        let message = message.into();
        Self::permanent("INVALID_INPUT", format!("{path}: {message}"))
            .with_details(serde_json::json!({ path: [message] }))
    }

    /// A fault of a port, kept permanent unless its kind says that waiting helps.
    pub fn from_fault(fault: &dyn crate::domain::Fault) -> Self {
        let failure = match fault.kind() {
            ErrorKind::Unavailable | ErrorKind::Timeout | ErrorKind::RateLimited => {
                ActionFailure::Retryable
            }
            _ => ActionFailure::Permanent,
        };
        Self::new(failure, fault.code(), fault.to_string()).with_details(fault.details())
    }
}

/// Level of a step's log line.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum LogLevel {
    Debug,
    Info,
    Warn,
    Error,
}

/// Something an action wrote down in the middle of its work, durable once `record` returned.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StepRecord {
    /// Unique within one step run; recording a key twice keeps the first.
    pub key: String,
    pub value: Value,
}

/// The engine's end of a running step.
#[async_trait]
pub trait StepChannel: Send + Sync {
    /// Appends records to the journal; they are durable when this returns.
    async fn record(&self, records: Vec<StepRecord>) -> Result<(), ActionError>;

    /// Tells how far the step is; shown live, not durable, may be thinned out.
    fn progress(&self, done: u64, total: Option<u64>, message: &str);

    /// One line of the execution's log.
    fn log(&self, level: LogLevel, message: &str, fields: Value);
}

/// What an action is given beside its input.
#[derive(Clone)]
pub struct ActionContext {
    pub owner: Owner,
    pub execution: Id<Execution>,
    /// The step's id in the definition.
    pub step: String,
    /// Index of the item when the step runs `for_each`.
    pub item: Option<u32>,
    /// From 1.
    pub attempt: u32,
    /// The same for every attempt of this step run, so that the other side can recognise it.
    pub idempotency_key: String,
    pub cancel: CancellationToken,
    /// When the step will be given up.
    pub deadline: Option<Timestamp>,
    pub ambient: Ambient,
    pub blobs: Arc<dyn BlobStore>,
    pub channel: Arc<dyn StepChannel>,
    /// What earlier, cut-off runs of this step recorded, in order.
    pub records: Arc<Vec<StepRecord>>,
    /// The user's secrets this step refers to, by name. Never logged.
    pub secrets: Arc<BTreeMap<String, secrecy::SecretString>>,
    /// What outgoing calls are part of; sent along as their `traceparent`.
    pub trace: Option<TraceContext>,
}

impl ActionContext {
    pub async fn record(&self, key: impl Into<String>, value: Value) -> Result<(), ActionError> {
        self.channel.record(vec![StepRecord { key: key.into(), value }]).await
    }

    pub fn progress(&self, done: u64, total: Option<u64>, message: &str) {
        self.channel.progress(done, total, message);
    }

    pub fn log(&self, level: LogLevel, message: &str) {
        self.channel.log(level, message, Value::Null);
    }

    /// Time left before the deadline; `None` when there is none.
    pub fn time_left(&self) -> Option<Duration> {
        self.deadline.map(|deadline| deadline.since(self.ambient.now()))
    }
}

/// All actions of this process by name.
#[derive(Clone, Default)]
pub struct ActionRegistry {
    actions: BTreeMap<String, Arc<dyn Action>>,
    chinese: ActionTexts,
}

impl ActionRegistry {
    pub fn new(actions: impl IntoIterator<Item = Arc<dyn Action>>) -> Self {
        let actions = actions.into_iter().map(|action| (action.describe().name, action)).collect();
        Self { actions, chinese: ActionTexts::default() }
    }

    /// With what its actions say of themselves in Chinese; their code speaks English.
    #[must_use]
    pub fn in_chinese(self, chinese: ActionTexts) -> Self {
        Self { chinese, ..self }
    }

    pub fn chinese(&self) -> &ActionTexts {
        &self.chinese
    }

    pub fn get(&self, name: &str) -> Option<&Arc<dyn Action>> {
        self.actions.get(name)
    }

    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.actions.keys().map(String::as_str)
    }

    pub fn descriptors(&self) -> Vec<ActionDescriptor> {
        self.actions.values().map(|action| action.describe()).collect()
    }
}
