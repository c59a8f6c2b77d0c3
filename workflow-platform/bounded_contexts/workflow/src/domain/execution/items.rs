//! The items of one step with `for_each`, folded from the journal.

use std::collections::BTreeMap;

use serde_json::Value;
use shared_kernel::domain::Timestamp;

use super::{AttemptView, JournalEvent, StepStatus, view::ActionErrorView};

/// How many events of an item are remembered: the newest.
const EVENTS_KEPT: usize = 40;
/// Characters of an error's text that a list shows.
const LONGEST_ERROR: usize = 300;

/// Where an item stands.
#[derive(Debug, Clone, PartialEq)]
pub struct ItemView {
    pub status: StepStatus,
    /// How many attempts there were.
    pub attempts: u32,
    pub started_at: Option<Timestamp>,
    pub finished_at: Option<Timestamp>,
    /// Code and message of its newest failure, while it has not succeeded.
    pub error: Option<(String, String)>,
    /// Attempts before the run was taken up again.
    earlier: u32,
    /// Numbers of the events that tell of it.
    events: Vec<i64>,
}

impl ItemView {
    const NEW: Self = Self {
        status: StepStatus::Pending,
        attempts: 0,
        started_at: None,
        finished_at: None,
        error: None,
        earlier: 0,
        events: Vec::new(),
    };

    /// Numbers of the newest events that tell of it.
    pub fn events(&self) -> &[i64] {
        &self.events
    }

    fn note(&mut self, seq: i64, attempt: u32, since: Timestamp) {
        self.started_at.get_or_insert(since);
        self.attempts = self.attempts.max(self.earlier + attempt);
        if self.events.len() >= EVENTS_KEPT {
            self.events.remove(0);
        }
        self.events.push(seq);
    }

    fn end(&mut self, status: StepStatus, at: Timestamp) {
        self.status = status;
        self.finished_at = Some(at);
    }

    /// What succeeded stays; the rest waits for its turn again.
    fn take_up(&mut self) {
        if self.status != StepStatus::Succeeded {
            self.earlier = self.attempts;
            (self.status, self.finished_at) = (StepStatus::Pending, None);
        }
    }

    /// The run is over, and with it what had not come to an end.
    fn close(&mut self) {
        self.status = match self.status {
            StepStatus::Pending => StepStatus::Skipped,
            StepStatus::Running | StepStatus::Waiting => StepStatus::Cancelled,
            settled => settled,
        };
    }
}

/// All items of a step.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ItemsView {
    items: Vec<ItemView>,
    /// The event that tells what they are.
    expanded: Option<i64>,
    /// The last event taken in.
    seq: i64,
}

impl ItemsView {
    pub fn items(&self) -> &[ItemView] {
        &self.items
    }

    /// The event that tells what the items are; `None` while they are not known.
    pub fn expanded(&self) -> Option<i64> {
        self.expanded
    }

    /// Number of the last event taken in.
    pub fn seq(&self) -> i64 {
        self.seq
    }

    /// How many are in each state that one is in.
    pub fn counts(&self) -> BTreeMap<&'static str, u32> {
        let mut counts = BTreeMap::new();
        for item in &self.items {
            *counts.entry(item.status.as_str()).or_insert(0) += 1;
        }
        counts
    }

    /// Takes in an event and its number; those of other steps change nothing.
    pub fn apply(&mut self, step: &str, seq: i64, event: &JournalEvent, at: Timestamp) {
        self.seq = seq;
        match event {
            JournalEvent::Retried(_) => self.items.iter_mut().for_each(ItemView::take_up),
            JournalEvent::Finished(_) => self.items.iter_mut().for_each(ItemView::close),
            _ if event.step() == Some(step) => self.apply_own(seq, event, at),
            _ => {}
        }
    }

    fn apply_own(&mut self, seq: i64, event: &JournalEvent, at: Timestamp) {
        if let JournalEvent::StepExpanded(body) = event {
            self.items = vec![ItemView::NEW; body.items.len()];
            self.expanded = Some(seq);
            return;
        }
        let Some((index, attempt, since)) = attempt_of(event, at) else { return };
        let index = usize::try_from(index).unwrap_or(usize::MAX);
        let Some(item) = self.items.get_mut(index) else { return };
        item.note(seq, attempt, since);
        match event {
            JournalEvent::StepStarted(_) => item.status = StepStatus::Running,
            JournalEvent::StepSucceeded(_) => {
                item.end(StepStatus::Succeeded, at);
                item.error = None;
            }
            JournalEvent::StepFailed(body) => {
                match body.retry_at {
                    Some(_) => item.status = StepStatus::Waiting,
                    None => item.end(StepStatus::Failed, at),
                }
                let message = body.error.message.chars().take(LONGEST_ERROR).collect();
                item.error = Some((body.error.code.clone(), message));
            }
            JournalEvent::StepCancelled(_) => item.end(StepStatus::Cancelled, at),
            _ => item.status = StepStatus::Waiting,
        }
    }
}

/// Item, attempt and beginning of what an event tells of.
fn attempt_of(event: &JournalEvent, at: Timestamp) -> Option<(u32, u32, Timestamp)> {
    match event {
        JournalEvent::StepStarted(body) => Some((body.item?, body.attempt, body.started_at)),
        JournalEvent::WaitStarted(body) => Some((body.item?, 1, at)),
        JournalEvent::SignalAwaited(body) => Some((body.item?, 1, at)),
        JournalEvent::ChildStarted(body) => Some((body.item?, body.attempt, body.started_at)),
        JournalEvent::StepSucceeded(body) => Some((body.item?, body.attempt, body.started_at)),
        JournalEvent::StepFailed(body) => Some((body.item?, body.attempt, body.started_at)),
        JournalEvent::StepCancelled(body) => Some((body.item?, body.attempt, body.started_at)),
        _ => None,
    }
}

/// One item with all that is known of it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ItemDetails {
    /// The newest attempts, the oldest of them first.
    pub attempts: Vec<AttemptView>,
    /// Of the last attempt.
    pub input: Option<Value>,
    pub output: Option<Value>,
    pub error: Option<ActionErrorView>,
}

impl ItemDetails {
    /// From the events that tell of the item, in their order.
    pub fn of(events: &[(JournalEvent, Timestamp)]) -> Self {
        let mut details = Self::default();
        for (event, at) in events {
            details.apply(event, *at);
        }
        details
    }

    fn apply(&mut self, event: &JournalEvent, at: Timestamp) {
        let Some((item, number, started_at)) = attempt_of(event, at) else { return };
        let mut attempt = AttemptView {
            attempt: number,
            item: Some(item),
            status: StepStatus::Running,
            started_at,
            finished_at: None,
            error: None,
            retry_at: None,
            execution_id: None,
            cached: false,
        };
        let input = match event {
            JournalEvent::StepStarted(body) => Some(&body.input),
            JournalEvent::ChildStarted(body) => {
                attempt.status = StepStatus::Waiting;
                attempt.execution_id = Some(body.execution);
                body.input.as_ref()
            }
            JournalEvent::StepSucceeded(body) => {
                (attempt.status, attempt.finished_at) = (StepStatus::Succeeded, Some(at));
                attempt.cached = body.cached;
                (self.output, self.error) = (Some(body.output.clone()), None);
                body.input.as_ref()
            }
            JournalEvent::StepFailed(body) => {
                (attempt.status, attempt.finished_at) = (StepStatus::Failed, Some(at));
                attempt.retry_at = body.retry_at;
                attempt.error = Some(ActionErrorView::from(&body.error));
                self.error.clone_from(&attempt.error);
                body.input.as_ref()
            }
            JournalEvent::StepCancelled(_) => {
                (attempt.status, attempt.finished_at) = (StepStatus::Cancelled, Some(at));
                None
            }
            _ => {
                attempt.status = StepStatus::Waiting;
                None
            }
        };
        if let Some(input) = input {
            self.input = Some(input.clone());
        }
        self.keep(attempt);
    }

    /// An attempt that was under way is replaced by its end.
    fn keep(&mut self, mut attempt: AttemptView) {
        let open = self.attempts.last().filter(|last| last.finished_at.is_none());
        if let Some(open) = open.filter(|open| open.attempt == attempt.attempt) {
            attempt.execution_id = attempt.execution_id.or(open.execution_id);
            self.attempts.pop();
        }
        self.attempts.push(attempt);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use shared_kernel::{application::ActionError, domain::Cost};

    use super::*;
    use crate::domain::execution::{
        Finished, Retried, Status, StepExpanded, StepFailed, StepStarted, StepSucceeded,
    };

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_micros(seconds * 1_000_000)
    }

    fn started(item: u32, attempt: u32) -> JournalEvent {
        let (step, started_at) = ("each".to_owned(), at(1));
        StepStarted { step, item: Some(item), attempt, started_at, input: json!(item) }.into()
    }

    fn succeeded(step: &str, item: u32) -> JournalEvent {
        StepSucceeded {
            step: step.to_owned(),
            item: Some(item),
            attempt: 1,
            started_at: at(1),
            input: Some(json!({ "n": item })),
            output: json!(item * 2),
            cached: false,
            cost: Cost::default(),
        }
        .into()
    }

    fn failed(item: u32, attempt: u32, retry_at: Option<Timestamp>) -> JournalEvent {
        StepFailed {
            step: "each".to_owned(),
            item: Some(item),
            attempt,
            started_at: at(2),
            input: None,
            error: ActionError::retryable("FLAKY", "not this time"),
            retry_at,
            cost: Cost::default(),
        }
        .into()
    }

    fn folded(events: &[JournalEvent]) -> ItemsView {
        let mut view = ItemsView::default();
        for (seq, event) in (1..).zip(events) {
            view.apply("each", seq, event, at(seq));
        }
        view
    }

    fn expanded(count: usize) -> JournalEvent {
        StepExpanded { step: "each".to_owned(), items: vec![json!(null); count] }.into()
    }

    fn finished() -> JournalEvent {
        Finished { status: Status::Failed, outputs: Value::Null, error: None }.into()
    }

    #[test]
    fn each_item_has_a_state_of_its_own() {
        let view = folded(&[
            expanded(5),
            succeeded("each", 0),
            started(1, 1),
            failed(2, 1, Some(at(9))),
            failed(3, 1, None),
            succeeded("other", 4),
        ]);
        let states: Vec<_> = view.items().iter().map(|item| item.status.as_str()).collect();
        assert_eq!(states, ["succeeded", "running", "waiting", "failed", "pending"]);
        assert_eq!(view.counts()["failed"], 1);
        assert_eq!(view.items()[3].error.as_ref().unwrap().0, "FLAKY");
        assert_eq!((view.expanded(), view.seq()), (Some(1), 6));
        assert_eq!(view.items()[2].events(), [4]);
    }

    #[test]
    fn what_did_not_end_ends_with_the_run_and_is_open_again_after_a_retry() {
        let mut events =
            vec![expanded(3), succeeded("each", 0), failed(1, 1, None), started(2, 1), finished()];
        let states = |view: &ItemsView| -> Vec<_> {
            view.items().iter().map(|item| item.status.as_str()).collect()
        };
        assert_eq!(states(&folded(&events)), ["succeeded", "failed", "cancelled"]);
        events.push(Retried {}.into());
        assert_eq!(states(&folded(&events)), ["succeeded", "pending", "pending"]);
        events.push(failed(1, 1, None));
        assert_eq!(folded(&events).items()[1].attempts, 2);
    }

    #[test]
    fn an_attempt_and_its_end_are_one() {
        let events = [
            (started(1, 1), at(1)),
            (failed(1, 1, Some(at(3))), at(2)),
            (started(1, 2), at(3)),
            (succeeded("each", 1), at(4)),
        ];
        let details = ItemDetails::of(&events[..2]);
        assert_eq!(details.attempts.len(), 1);
        assert_eq!(details.input, Some(json!(1)));
        assert_eq!(details.error.as_ref().unwrap().code, "FLAKY");
        let details = ItemDetails::of(&events);
        assert_eq!(details.output, Some(json!(2)));
        assert_eq!((details.input, details.error), (Some(json!({ "n": 1 })), None));
    }

    #[test]
    fn events_of_no_item_and_of_items_that_are_not_there_change_nothing() {
        let view = folded(&[succeeded("each", 0), expanded(1), succeeded("each", 7)]);
        assert_eq!(view.items()[0].status, StepStatus::Pending);
    }
}
