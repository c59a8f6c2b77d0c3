//! What a worker counts of executions and steps.

use std::{collections::HashMap, time::Duration};

use metrics::{Counter, Histogram, counter, histogram};
use shared_kernel::{
    application::ActionRegistry,
    domain::{Execution, Id, Timestamp},
};

use crate::domain::execution::{JournalEvent, Status};

/// Stands for actions that this process does not know, so that names which anybody may write into
/// a definition make no series of their own.
const UNKNOWN: &str = "unknown";

/// Executions and steps of one life of a worker.
pub(super) struct Meters {
    steps: HashMap<String, StepMeters>,
    unknown: StepMeters,
    latency: Histogram,
}

struct StepMeters {
    succeeded: Counter,
    cached: Counter,
    called: Counter,
    failed: Counter,
    cancelled: Counter,
    duration: Histogram,
}

impl StepMeters {
    fn of(action: &str) -> Self {
        let outcome = |outcome: &'static str| {
            let labels = [("action", action.to_owned()), ("outcome", outcome.to_owned())];
            counter!("workflow_steps_total", &labels)
        };
        Self {
            succeeded: outcome("succeeded"),
            cached: outcome("cached"),
            called: outcome("called"),
            failed: outcome("failed"),
            cancelled: outcome("cancelled"),
            duration: histogram!("workflow_step_duration_seconds", "action" => action.to_owned()),
        }
    }
}

impl Meters {
    pub fn new(actions: &ActionRegistry) -> Self {
        let steps = actions.names().map(|name| (name.to_owned(), StepMeters::of(name)));
        Self {
            steps: steps.collect(),
            unknown: StepMeters::of(UNKNOWN),
            latency: histogram!("workflow_start_latency_seconds"),
        }
    }

    /// An attempt of a step ended with `event`.
    pub fn step(&self, action: &str, event: &JournalEvent, elapsed: Duration) {
        let meters = self.steps.get(action).unwrap_or(&self.unknown);
        let counter = match event {
            JournalEvent::StepSucceeded(step) if step.cached => &meters.cached,
            JournalEvent::StepSucceeded(_) => &meters.succeeded,
            JournalEvent::ChildStarted(_) => &meters.called,
            JournalEvent::StepCancelled(_) => &meters.cancelled,
            _ => &meters.failed,
        };
        counter.increment(1);
        meters.duration.record(elapsed);
    }

    /// The first step of an execution begins. Its id begins with the time at which it was started.
    pub fn first_step(&self, execution: Id<Execution>, now: Timestamp) {
        if let Some(created) = execution.uuid().get_timestamp() {
            let (seconds, nanos) = created.to_unix();
            let created = Duration::new(seconds, nanos);
            let now = Duration::from_micros(u64::try_from(now.micros()).unwrap_or(0));
            self.latency.record(now.saturating_sub(created));
        }
    }

    /// An execution ended.
    pub fn finished(status: Status) {
        counter!("workflow_executions_finished_total", "status" => status.as_str()).increment(1);
    }
}
