//! An execution as people see it, folded from the same journal as the decisions.

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;
use serde_json::{Value, json};
use shared_kernel::{
    application::ActionError,
    domain::{Cost, Execution, Id, Timestamp},
};

use super::{Cause, ExecutionError, JournalEvent, Phase, Status, StepStatus, groups::steps_of};
use crate::domain::definition::{Definition, OnError};

/// How many attempts of a step are kept in a view; older ones are dropped.
const ATTEMPTS_SHOWN: usize = 50;

/// One attempt of one step or item.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct AttemptView {
    pub attempt: u32,
    pub item: Option<u32>,
    pub status: StepStatus,
    pub started_at: Timestamp,
    pub finished_at: Option<Timestamp>,
    pub error: Option<ActionErrorView>,
    pub retry_at: Option<Timestamp>,
    /// The execution that it started, with `workflow.run`.
    #[schema(value_type = Option<uuid::Uuid>)]
    pub execution_id: Option<Id<Execution>>,
    /// An earlier run gave the result; nothing was done.
    pub cached: bool,
}

/// Why an attempt failed.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct ActionErrorView {
    #[schema(example = "HTTP_STATUS")]
    pub code: String,
    pub message: String,
    #[schema(value_type = Value)]
    pub details: Value,
}

impl From<&ActionError> for ActionErrorView {
    fn from(error: &ActionError) -> Self {
        Self {
            code: error.code.clone(),
            message: error.message.clone(),
            details: error.details.clone(),
        }
    }
}

/// Items of a step with `for_each`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct ItemCounts {
    pub total: u32,
    pub succeeded: u32,
    pub failed: u32,
    pub running: u32,
}

/// One step.
#[derive(Debug, Clone, PartialEq)]
pub struct StepDetails {
    pub id: String,
    pub uses: String,
    pub phase: Phase,
    pub status: StepStatus,
    /// The newest [`ATTEMPTS_SHOWN`].
    pub attempts: Vec<AttemptView>,
    pub attempt_count: u32,
    pub started_at: Option<Timestamp>,
    pub finished_at: Option<Timestamp>,
    /// Of the last attempt; of a step with `for_each` none.
    pub input: Option<Value>,
    pub output: Option<Value>,
    pub error: Option<ActionErrorView>,
    pub items: Option<ItemCounts>,
    /// Of all attempts and items that ran in this execution.
    pub cost: Cost,
    /// When its timer ends.
    pub waits_until: Option<Timestamp>,
    /// Its runs that wait for somebody's signal, by their item, and what they ask.
    awaiting: BTreeMap<Option<u32>, Option<String>>,
    /// A failure of it does not fail the run.
    forgiven: bool,
    /// It had not settled when the run ended.
    left: bool,
    /// Attempts before the run was taken up again.
    earlier_attempts: u32,
}

/// The whole run.
#[derive(Debug, Clone, PartialEq)]
pub struct ExecutionView {
    pub status: Status,
    pub params: Value,
    pub trigger: Value,
    pub started_at: Option<Timestamp>,
    pub finished_at: Option<Timestamp>,
    pub stopping: Option<Cause>,
    pub outputs: Value,
    pub error: Option<ExecutionError>,
    pub steps: Vec<StepDetails>,
    /// Number of the last event taken in.
    pub seq: i64,
    by_id: HashMap<String, usize>,
}

struct Attempt<'a> {
    item: Option<u32>,
    number: u32,
    started_at: Timestamp,
    input: Option<&'a Value>,
    execution: Option<Id<Execution>>,
    cached: bool,
}

impl ExecutionView {
    pub fn new(definition: &Definition) -> Self {
        let mut steps = Vec::new();
        for phase in Phase::ALL {
            steps.extend(steps_of(definition, phase).iter().map(|step| StepDetails {
                id: step.id.to_string(),
                uses: step.uses.clone(),
                phase,
                status: StepStatus::Pending,
                attempts: Vec::new(),
                attempt_count: 0,
                started_at: None,
                finished_at: None,
                input: None,
                output: None,
                error: None,
                items: None,
                cost: Cost::default(),
                waits_until: None,
                awaiting: BTreeMap::new(),
                forgiven: step.on_error == OnError::Continue,
                left: false,
                earlier_attempts: 0,
            }));
        }
        let by_id = steps.iter().enumerate().map(|(at, step)| (step.id.clone(), at)).collect();
        Self {
            status: Status::Pending,
            params: Value::Null,
            trigger: Value::Null,
            started_at: None,
            finished_at: None,
            stopping: None,
            outputs: Value::Null,
            error: None,
            steps,
            seq: 0,
            by_id,
        }
    }

    /// Takes in an event and its number. Checkpoints may be left out.
    pub fn apply(&mut self, seq: i64, event: &JournalEvent, at: Timestamp) {
        self.seq = seq;
        match event {
            JournalEvent::Created(created) => {
                self.params.clone_from(&created.params);
                self.trigger.clone_from(&created.trigger);
            }
            JournalEvent::Started(_) => {
                self.started_at = Some(at);
                self.status = Status::Running;
            }
            JournalEvent::Stopping(stopping) => self.stopping = Some(stopping.cause),
            JournalEvent::Retried(_) => self.take_up(),
            JournalEvent::Finished(finished) => {
                self.status = finished.status;
                self.finished_at = Some(at);
                self.outputs.clone_from(&finished.outputs);
                self.error.clone_from(&finished.error);
                self.close();
            }
            _ => {
                let step = event.step().and_then(|id| self.by_id.get(id));
                if let Some(step) = step.and_then(|&at| self.steps.get_mut(at)) {
                    step.apply(event, at);
                }
            }
        }
    }

    /// What succeeded stays; the rest waits for its turn again.
    fn take_up(&mut self) {
        self.status = Status::Running;
        (self.finished_at, self.stopping, self.error) = (None, None, None);
        self.outputs = Value::Null;
        for step in &mut self.steps {
            step.take_up();
        }
    }

    /// What never came to an end when the run did.
    fn close(&mut self) {
        for step in &mut self.steps {
            step.left = matches!(
                step.status,
                StepStatus::Pending | StepStatus::Running | StepStatus::Waiting
            );
            step.status = match step.status {
                StepStatus::Pending => StepStatus::Skipped,
                StepStatus::Running | StepStatus::Waiting => StepStatus::Cancelled,
                settled => settled,
            };
            step.waits_until = None;
            step.awaiting.clear();
            if let Some(items) = &mut step.items {
                items.running = 0;
            }
        }
    }

    /// Of all steps.
    pub fn cost(&self) -> Cost {
        self.steps.iter().map(|step| step.cost).sum()
    }

    /// The steps that wait for somebody's signal.
    pub fn awaiting(&self) -> impl Iterator<Item = &str> {
        self.steps.iter().filter(|step| step.awaits_signal()).map(|step| step.id.as_str())
    }

    /// Why nothing runs at the moment, if so.
    pub fn waits_for(&self) -> Option<(&str, Timestamp)> {
        let waiting = self.steps.iter().filter_map(|s| Some((s.id.as_str(), s.waits_until?)));
        waiting.min_by_key(|(_, until)| *until)
    }
}

impl StepDetails {
    /// Whether a failure of it lets the run go on.
    pub fn is_forgiven(&self) -> bool {
        self.forgiven
    }

    /// Whether it had not settled when the run ended.
    pub fn is_left(&self) -> bool {
        self.left
    }

    /// It waits for somebody's signal.
    pub fn awaits_signal(&self) -> bool {
        !self.awaiting.is_empty()
    }

    /// The first item that waits for somebody's signal, of a step with `for_each`.
    pub fn awaits_item(&self) -> Option<u32> {
        *self.awaiting.first_key_value()?.0
    }

    /// What the first that waits asks is its input.
    fn show_question(&mut self) {
        if let Some((_, message)) = self.awaiting.first_key_value() {
            self.input = message.as_ref().map(|message| json!({ "message": message }));
        }
    }

    fn take_up(&mut self) {
        let settled = matches!(self.status, StepStatus::Succeeded | StepStatus::Skipped)
            || (self.status == StepStatus::Failed && self.forgiven);
        if self.phase == Phase::Main && settled && !self.left {
            return;
        }
        self.left = false;
        self.earlier_attempts = self.attempt_count;
        self.status = StepStatus::Pending;
        (self.finished_at, self.error, self.waits_until) = (None, None, None);
        self.awaiting.clear();
        if self.phase != Phase::Main {
            self.items = None;
        }
        if let Some(items) = &mut self.items {
            (items.failed, items.running) = (0, 0);
            self.status = StepStatus::Running;
        }
    }

    fn apply(&mut self, event: &JournalEvent, at: Timestamp) {
        match event {
            JournalEvent::StepExpanded(body) => {
                let total = u32::try_from(body.items.len()).unwrap_or(u32::MAX);
                self.items = Some(ItemCounts { total, ..ItemCounts::default() });
                self.started_at = Some(at);
                self.status = StepStatus::Running;
                self.settle_items(at);
            }
            JournalEvent::StepSkipped(_) => self.settle(StepStatus::Skipped, at),
            JournalEvent::StepStarted(body) => self.start(&Attempt {
                item: body.item,
                number: body.attempt,
                started_at: body.started_at,
                input: Some(&body.input),
                execution: None,
                cached: false,
            }),
            JournalEvent::WaitStarted(body) => {
                self.start(&Attempt {
                    item: body.item,
                    number: 1,
                    started_at: at,
                    input: None,
                    execution: None,
                    cached: false,
                });
                self.status = StepStatus::Waiting;
                self.waits_until = Some(body.until);
            }
            JournalEvent::SignalAwaited(body) => {
                self.start(&Attempt {
                    item: body.item,
                    number: 1,
                    started_at: at,
                    input: None,
                    execution: None,
                    cached: false,
                });
                self.status = StepStatus::Waiting;
                self.awaiting.insert(body.item, body.message.clone());
                self.waits_until = body.until;
                self.show_question();
            }
            JournalEvent::ChildStarted(body) => {
                self.start(&Attempt {
                    item: body.item,
                    number: body.attempt,
                    started_at: body.started_at,
                    input: body.input.as_ref(),
                    execution: Some(body.execution),
                    cached: false,
                });
                self.status = StepStatus::Waiting;
                self.waits_until = body.until;
            }
            JournalEvent::StepSucceeded(body) => {
                self.cost = self.cost + body.cost;
                self.waits_until = None;
                let attempt = Attempt {
                    item: body.item,
                    number: body.attempt,
                    started_at: body.started_at,
                    input: body.input.as_ref(),
                    execution: None,
                    cached: body.cached,
                };
                self.end(&attempt, StepStatus::Succeeded, None, None, at);
                if self.items.is_none() {
                    self.output = Some(body.output.clone());
                    self.error = None;
                }
            }
            JournalEvent::StepFailed(body) => {
                self.cost = self.cost + body.cost;
                let attempt = Attempt {
                    item: body.item,
                    number: body.attempt,
                    started_at: body.started_at,
                    input: body.input.as_ref(),
                    execution: None,
                    cached: false,
                };
                let error = Some(ActionErrorView::from(&body.error));
                self.error.clone_from(&error);
                self.end(&attempt, StepStatus::Failed, error, body.retry_at, at);
            }
            JournalEvent::StepCancelled(body) => {
                self.cost = self.cost + body.cost;
                let attempt = Attempt {
                    item: body.item,
                    number: body.attempt,
                    started_at: body.started_at,
                    input: None,
                    execution: None,
                    cached: false,
                };
                self.end(&attempt, StepStatus::Cancelled, None, None, at);
            }
            _ => {}
        }
    }

    fn start(&mut self, attempt: &Attempt<'_>) {
        self.started_at.get_or_insert(attempt.started_at);
        self.status = StepStatus::Running;
        self.waits_until = None;
        let number = self.earlier_attempts + attempt.number;
        self.attempt_count = self.attempt_count.max(number);
        if let Some(items) = &mut self.items {
            items.running += 1;
        } else if let Some(input) = attempt.input {
            self.input = Some(input.clone());
        }
        self.keep(AttemptView {
            attempt: number,
            item: attempt.item,
            status: StepStatus::Running,
            started_at: attempt.started_at,
            finished_at: None,
            error: None,
            retry_at: None,
            execution_id: attempt.execution,
            cached: attempt.cached,
        });
    }

    /// The newest attempts, a cut-off one replaced by the run that took its place.
    fn keep(&mut self, mut view: AttemptView) {
        let (item, attempt) = (view.item, view.attempt);
        let same = |old: &AttemptView| {
            old.finished_at.is_none() && old.item == item && old.attempt == attempt
        };
        if let Some(at) = self.attempts.iter().rposition(same) {
            view.execution_id = view.execution_id.or(self.attempts[at].execution_id);
            if view.finished_at.is_none()
                && let Some(items) = &mut self.items
            {
                items.running = items.running.saturating_sub(1);
            }
            self.attempts.remove(at);
        } else if self.attempts.len() >= ATTEMPTS_SHOWN {
            self.attempts.remove(0);
        }
        self.attempts.push(view);
    }

    fn end(
        &mut self,
        attempt: &Attempt<'_>,
        status: StepStatus,
        error: Option<ActionErrorView>,
        retry_at: Option<Timestamp>,
        at: Timestamp,
    ) {
        self.started_at.get_or_insert(attempt.started_at);
        let number = self.earlier_attempts + attempt.number;
        self.attempt_count = self.attempt_count.max(number);
        let announced = self.attempts.iter().any(|old| {
            old.finished_at.is_none() && old.item == attempt.item && old.attempt == number
        });
        self.keep(AttemptView {
            attempt: number,
            item: attempt.item,
            status,
            started_at: attempt.started_at,
            finished_at: Some(at),
            error,
            retry_at,
            execution_id: attempt.execution,
            cached: attempt.cached,
        });
        if self.awaiting.remove(&attempt.item).is_some() {
            self.show_question();
        }
        if let Some(items) = &mut self.items {
            items.running -= u32::from(announced && items.running > 0);
            items.succeeded += u32::from(status == StepStatus::Succeeded);
            items.failed += u32::from(status == StepStatus::Failed && retry_at.is_none());
            self.settle_items(at);
            return;
        }
        if let Some(input) = attempt.input {
            self.input = Some(input.clone());
        }
        self.waits_until = retry_at;
        match retry_at {
            Some(_) => self.status = StepStatus::Waiting,
            None => self.settle(status, at),
        }
    }

    fn settle_items(&mut self, at: Timestamp) {
        let Some(items) = self.items else { return };
        if items.succeeded + items.failed == items.total {
            let failed = items.failed > 0;
            self.settle(if failed { StepStatus::Failed } else { StepStatus::Succeeded }, at);
        }
    }

    fn settle(&mut self, status: StepStatus, at: Timestamp) {
        self.status = status;
        self.finished_at = Some(at);
        self.waits_until = None;
        self.awaiting.clear();
    }
}
