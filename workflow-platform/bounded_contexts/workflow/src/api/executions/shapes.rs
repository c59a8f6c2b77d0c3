//! Executions as JSON.

use std::collections::BTreeMap;

use garde::Validate;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use shared_kernel::domain::{Cost, Execution, Id, Locale, Timestamp};
use uuid::Uuid;

use crate::{
    application::executions::{ExecutionDetails, ExecutionRow, Progress, Started},
    domain::execution::{
        ActionErrorView, AttemptView, Awaited, ExecutionError, ItemCounts, Origin, Phase, Status,
        StepDetails, StepStatus,
    },
};

/// What is to be run.
#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = StartExecution)]
pub struct StartBody {
    #[garde(skip)]
    pub definition_id: Uuid,
    /// As the workflow's `params` describe; absent ones take their defaults.
    #[garde(skip)]
    #[serde(default)]
    #[schema(value_type = Object)]
    pub params: Value,
    /// For you to find it by: up to 20, names without a colon up to 64 and values up to 200
    /// characters.
    #[garde(length(max = 20), custom(labels_fit))]
    #[serde(default)]
    pub labels: BTreeMap<String, String>,
    /// Higher goes first among your own; the workflow's unless given.
    #[garde(range(min = -100, max = 100))]
    #[schema(minimum = -100, maximum = 100)]
    pub priority: Option<i32>,
}

fn labels_fit<C>(labels: &BTreeMap<String, String>, _: &C) -> garde::Result {
    for (name, value) in labels {
        let bad = name.is_empty()
            || name.contains(':')
            || name.chars().count() > 64
            || value.chars().count() > 200
            || name.chars().chain(value.chars()).any(char::is_control);
        if bad {
            return Err(garde::Error::new(format!("label {name:?} does not fit")));
        }
    }
    Ok(())
}

/// An execution that was asked for.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ExecutionStartedView {
    #[schema(value_type = Uuid)]
    pub id: Id<Execution>,
    pub status: Status,
}

impl From<Started> for ExecutionStartedView {
    fn from(Started { id, status }: Started) -> Self {
        Self { id, status }
    }
}

/// An execution whose end was asked for.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ExecutionCancelView {
    #[schema(value_type = Uuid)]
    pub id: Id<Execution>,
    pub status: Status,
}

/// Who waits for a signal.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct AwaitedView {
    pub step: String,
    /// Number of the item, from 0, of a step with `for_each`.
    pub item: Option<u32>,
}

impl From<Awaited> for AwaitedView {
    fn from(Awaited { step, item }: Awaited) -> Self {
        Self { step, item }
    }
}

/// An execution in a list.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ExecutionView {
    #[schema(value_type = Uuid)]
    pub id: Id<Execution>,
    pub definition_id: Uuid,
    pub definition_name: String,
    pub version: u32,
    pub status: Status,
    pub labels: BTreeMap<String, String>,
    pub priority: i32,
    /// What started it; absent when that is not known any more.
    pub origin: Option<Origin>,
    pub created_at: Timestamp,
    pub started_at: Option<Timestamp>,
    pub finished_at: Option<Timestamp>,
    pub error: Option<ExecutionError>,
    /// The execution that waits for its end, with `workflow.run`.
    #[schema(value_type = Option<Uuid>)]
    pub parent_id: Option<Id<Execution>>,
    /// The first step, or item of one, that waits for somebody's signal.
    pub awaits: Option<AwaitedView>,
}

impl From<ExecutionRow> for ExecutionView {
    fn from(row: ExecutionRow) -> Self {
        Self {
            id: row.id,
            definition_id: row.definition_id,
            definition_name: row.definition_name,
            version: row.version,
            status: row.status,
            labels: row.labels,
            priority: row.priority,
            origin: row.origin,
            created_at: row.created_at,
            started_at: row.started_at,
            finished_at: row.finished_at,
            error: row.error,
            parent_id: row.parent,
            awaits: row.awaits.map(Into::into),
        }
    }
}

/// How far a step is.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct StepProgressView {
    pub done: u64,
    pub total: Option<u64>,
    pub message: String,
}

/// One step of an execution.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = ExecutionStepView)]
pub struct StepView {
    pub id: String,
    #[schema(example = "http.request")]
    pub uses: String,
    /// `main`, `on_failure` or `finally`.
    #[schema(value_type = String, example = "main")]
    pub phase: Phase,
    pub status: StepStatus,
    /// How many attempts there were.
    pub attempts: u32,
    /// The newest fifty.
    pub attempt_list: Vec<AttemptView>,
    pub started_at: Option<Timestamp>,
    pub finished_at: Option<Timestamp>,
    #[schema(value_type = Option<Value>)]
    pub input: Option<Value>,
    #[schema(value_type = Option<Value>)]
    pub output: Option<Value>,
    pub error: Option<ActionErrorView>,
    pub items: Option<ItemCounts>,
    /// What all its attempts used. What a process had used of an attempt when it died is not in it.
    pub cost: Cost,
    pub progress: Option<StepProgressView>,
    /// When its timer ends.
    pub waits_until: Option<Timestamp>,
    /// It waits for somebody's signal.
    pub awaits_signal: bool,
    /// Of a step with `for_each`, the first item that does.
    pub awaits_item: Option<u32>,
}

/// An execution with its steps.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ExecutionDetailView {
    #[serde(flatten)]
    pub execution: ExecutionView,
    #[schema(value_type = Object)]
    pub params: Value,
    /// What started it: `{"kind": "manual"}`.
    #[schema(value_type = Object)]
    pub trigger: Value,
    #[schema(value_type = Value)]
    pub outputs: Value,
    pub steps: Vec<StepView>,
    /// What its steps used. Executions that it started have their own.
    pub cost: Cost,
    /// Why it is not running, in a sentence.
    pub waiting_reason: Option<String>,
    /// Number of the last event: where `events` goes on.
    pub last_event: i64,
}

impl ExecutionDetailView {
    pub fn of(details: ExecutionDetails, locale: Locale) -> Self {
        let ExecutionDetails { row, view, progress, waiting_reason } = details;
        let step = |step| StepView::of(step, &progress);
        Self {
            cost: view.cost(),
            params: view.params,
            trigger: view.trigger,
            outputs: view.outputs,
            last_event: view.seq,
            steps: view.steps.into_iter().map(step).collect(),
            waiting_reason: waiting_reason.map(|text| text.of(locale).to_owned()),
            execution: row.into(),
        }
    }
}

impl StepView {
    fn of(step: StepDetails, heard: &[Progress]) -> Self {
        Self {
            progress: progress(&step, heard),
            awaits_signal: step.awaits_signal(),
            awaits_item: step.awaits_item(),
            id: step.id,
            uses: step.uses,
            phase: step.phase,
            status: step.status,
            attempts: step.attempt_count,
            attempt_list: step.attempts,
            started_at: step.started_at,
            finished_at: step.finished_at,
            input: step.input,
            output: step.output,
            error: step.error,
            items: step.items,
            cost: step.cost,
            waits_until: step.waits_until,
        }
    }
}

/// Of a step with items how many are done; of another what it last said itself.
fn progress(step: &StepDetails, heard: &[Progress]) -> Option<StepProgressView> {
    if let Some(items) = step.items {
        let done = u64::from(items.succeeded) + u64::from(items.failed);
        let total = Some(u64::from(items.total));
        return Some(StepProgressView { done, total, message: String::new() });
    }
    let running = step.status == StepStatus::Running;
    let said = heard.iter().find(|said| running && said.step == step.id)?;
    Some(StepProgressView { done: said.done, total: said.total, message: said.message.clone() })
}
