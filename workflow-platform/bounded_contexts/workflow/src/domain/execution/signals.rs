//! Signals: what people or programs tell a step that waits for them.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use shared_kernel::{
    application::ActionError,
    domain::{Cost, Id, Timestamp, User},
};

use super::{
    Decision, Execution, JournalEvent, RunKey, SignalAwaited, SignalReceived, StepFailed,
    StepSucceeded, slots::SlotState,
};
use crate::domain::definition::parse_duration;

/// What an approver says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = SignalDecision)]
pub enum Verdict {
    Approve,
    Reject,
}

/// One signal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Signal {
    /// A rejection fails the step.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<Verdict>,
    #[serde(default)]
    pub data: Value,
    pub by: Id<User>,
    pub at: Timestamp,
}

impl Execution {
    /// The event of a signal; `None` when the definition has no such step.
    pub fn signalled(&self, step: &str, item: Option<u32>, signal: Signal) -> Option<JournalEvent> {
        self.plan.by_id.contains_key(step).then(|| {
            let step = step.to_owned();
            SignalReceived { step, item, signal }.into()
        })
    }

    /// Begins to wait for a signal, unless it is there already.
    pub(super) fn await_signal(
        &mut self,
        key: RunKey,
        input: &Value,
        now: Timestamp,
        decision: &mut Decision,
    ) {
        let until = match input.get("timeout").and_then(Value::as_str).map(parse_duration) {
            None => None,
            Some(Ok(timeout)) => Some(now.plus(timeout)),
            Some(Err(_)) => {
                let error = ActionError::invalid_input("timeout", "is not a duration such as 2d");
                return self.give_up(key, error, now, decision);
            }
        };
        let message = input.get("message").and_then(Value::as_str).map(str::to_owned);
        let (step, item) = (self.step(key.node).id.to_string(), self.item_of(key));
        self.record(SignalAwaited { step, item, message, until }, now, decision);
    }

    pub(super) fn keep_signal(&mut self, key: RunKey, signal: &Signal) {
        self.signals.entry(key).or_default().push_back(signal.clone());
        self.answerable.push_back(key);
    }

    /// A slot that waited is settled: its signal, if that did it, is used up.
    pub(super) fn use_signal(&mut self, key: RunKey) {
        let awaiting = self.peek(key).is_some_and(|slot| slot.state.is_awaiting());
        if awaiting && let Some(kept) = self.signals.get_mut(&key) {
            kept.pop_front();
        }
    }

    /// Hands one signal that has come to the step that waits for it.
    pub(super) fn answer_one(&mut self, now: Timestamp, decision: &mut Decision) -> bool {
        let Some(key) = self.answerable.pop_front() else { return false };
        let state = self.peek(key).map(|slot| slot.state);
        let Some(SlotState::Awaiting { since, .. }) = state else { return true };
        let signal = self.signals.get(&key).and_then(|kept| kept.front()).cloned();
        if let Some(signal) = signal {
            let event = self.answered(key, since, &signal);
            self.record(event, now, decision);
        }
        true
    }

    fn answered(&self, key: RunKey, started_at: Timestamp, signal: &Signal) -> JournalEvent {
        let (step, item) = (self.step(key.node).id.to_string(), self.item_of(key));
        if signal.decision == Some(Verdict::Reject) {
            let error = ActionError::permanent("REJECTED", "the request was rejected")
                .with_details(json!({ "data": signal.data, "by": signal.by }));
            return failed(step, item, started_at, error);
        }
        let Signal { decision, data, by, at } = signal;
        let output = json!({ "decision": decision, "data": data, "by": by, "at": at });
        let cost = Cost::default();
        StepSucceeded {
            step,
            item,
            attempt: 1,
            started_at,
            input: None,
            output,
            cached: false,
            cost,
        }
        .into()
    }

    /// The event of a wait that nobody answered.
    pub(super) fn unanswered(&self, key: RunKey, started_at: Timestamp) -> JournalEvent {
        let (step, item) = (self.step(key.node).id.to_string(), self.item_of(key));
        let error = ActionError::permanent("SIGNAL_TIMED_OUT", "no signal came in time");
        failed(step, item, started_at, error)
    }
}

fn failed(
    step: String,
    item: Option<u32>,
    started_at: Timestamp,
    error: ActionError,
) -> JournalEvent {
    let cost = Cost::default();
    StepFailed { step, item, attempt: 1, started_at, input: None, error, retry_at: None, cost }
        .into()
}
