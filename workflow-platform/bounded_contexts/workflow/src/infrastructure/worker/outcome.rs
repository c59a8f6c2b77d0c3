//! From the result of an attempt to its event.

use std::sync::Arc;

use shared_kernel::{
    application::{ActionError, ActionFailure, Spent},
    domain::{Ambient, Timestamp},
};
use tokio_util::sync::CancellationToken;

use super::cached::Output;
use crate::domain::execution::{
    ChildStarted, Execution, JournalEvent, RunOutcome, StepCancelled, StepFailed, StepRun,
    StepStarted, StepSucceeded,
};

/// An attempt that is under way.
pub(super) struct Running {
    pub run: StepRun,
    pub started_at: Timestamp,
    /// Its `step.started` stands in the journal.
    pub announced: bool,
    pub cancel: CancellationToken,
    /// What it uses.
    pub spent: Arc<Spent>,
    /// The machine wants it stopped, as against a process that ends.
    pub cancelled: bool,
}

impl Running {
    /// The announcement of a slow attempt; the input goes along with it.
    pub fn announce(&mut self) -> JournalEvent {
        self.announced = true;
        StepStarted {
            step: self.run.step.clone(),
            item: self.run.item,
            attempt: self.run.attempt,
            started_at: self.started_at,
            input: std::mem::take(&mut self.run.input),
        }
        .into()
    }

    /// The event of the attempt's end.
    pub fn ended(
        self,
        machine: &Execution,
        ambient: &Ambient,
        result: Result<Output, ActionError>,
    ) -> JournalEvent {
        let input = (!self.announced).then_some(self.run.input);
        let (step, item, attempt) = (self.run.step, self.run.item, self.run.attempt);
        let (started_at, cost) = (self.started_at, self.spent.total());
        match result {
            Ok(Output { value: output, cached }) if self.run.calls => {
                let called = output["execution_id"].as_str().and_then(|id| id.parse().ok());
                let until = self.run.timeout.map(|timeout| started_at.plus(timeout));
                match called {
                    Some(execution) => {
                        ChildStarted { step, item, attempt, started_at, input, execution, until }
                            .into()
                    }
                    None => StepSucceeded {
                        step,
                        item,
                        attempt,
                        started_at,
                        input,
                        output,
                        cached,
                        cost,
                    }
                    .into(),
                }
            }
            Ok(Output { value: output, cached }) => {
                StepSucceeded { step, item, attempt, started_at, input, output, cached, cost }
                    .into()
            }
            Err(error) if self.cancelled && error.failure != ActionFailure::Permanent => {
                StepCancelled { step, item, attempt, started_at, cost }.into()
            }
            Err(error) => {
                let ended_at = ambient.now();
                let key = self.run.key;
                let run = RunOutcome { key, step, item, attempt, started_at, ended_at, input };
                StepFailed { cost, ..machine.failed(&run, error, chance(ambient)) }.into()
            }
        }
    }
}

/// In `0.0..1.0`, to spread back-offs.
fn chance(ambient: &Ambient) -> f64 {
    f64::from(u32::from_le_bytes(ambient.bytes())) / (f64::from(u32::MAX) + 1.0)
}
