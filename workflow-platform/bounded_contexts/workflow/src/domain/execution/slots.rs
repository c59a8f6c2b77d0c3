//! The items of one step. A step without `for_each` has one slot.

use std::{
    collections::{HashSet, VecDeque},
    sync::Arc,
};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use shared_kernel::{
    application::{ActionError, StepRecord},
    domain::{Execution, Id, Timestamp},
};

/// Where one item stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum SlotState {
    /// Never handed out by this process.
    Idle,
    /// Handed out to the driver.
    Running,
    /// In a `wait.for` or `wait.until`.
    Waiting {
        since: Timestamp,
        until: Timestamp,
    },
    /// In a `wait.signal`.
    Awaiting {
        since: Timestamp,
        until: Option<Timestamp>,
    },
    /// In a `workflow.run`, until that execution is over.
    Calling(Call),
    /// The next attempt is due then.
    Retrying(Timestamp),
    Succeeded,
    Failed,
    Cancelled,
}

/// An execution that a step started and waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Call {
    pub execution: Id<Execution>,
    pub attempt: u32,
    pub since: Timestamp,
    pub until: Option<Timestamp>,
}

impl SlotState {
    pub const fn is_awaiting(self) -> bool {
        matches!(self, Self::Awaiting { .. })
    }

    pub const fn is_calling(self) -> bool {
        matches!(self, Self::Calling(_))
    }

    /// Something runs for it, here or in another execution.
    pub const fn is_in_flight(self) -> bool {
        matches!(self, Self::Running | Self::Calling(_))
    }
}

/// One item of a step.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Slot {
    pub state: SlotState,
    #[serde(default, skip_serializing_if = "is_zero")]
    pub failed_attempts: u32,
    /// Told apart from an output that is null.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "some")]
    pub output: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub records: Option<Box<Records>>,
}

/// What the attempts of one item wrote down; the first value of a key stays.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(from = "Vec<StepRecord>", into = "Vec<StepRecord>")]
pub(super) struct Records {
    pub list: Arc<Vec<StepRecord>>,
    keys: HashSet<String>,
}

impl From<Vec<StepRecord>> for Records {
    fn from(list: Vec<StepRecord>) -> Self {
        let keys = list.iter().map(|record| record.key.clone()).collect();
        Self { list: Arc::new(list), keys }
    }
}

impl From<Records> for Vec<StepRecord> {
    fn from(records: Records) -> Self {
        Arc::unwrap_or_clone(records.list)
    }
}

impl Records {
    pub fn knows(&self, key: &str) -> bool {
        self.keys.contains(key)
    }

    pub fn add(&mut self, records: &[StepRecord]) {
        let list = Arc::make_mut(&mut self.list);
        for record in records {
            if self.keys.insert(record.key.clone()) {
                list.push(record.clone());
            }
        }
    }
}

impl Slot {
    const fn new() -> Self {
        Self { state: SlotState::Idle, failed_attempts: 0, output: None, records: None }
    }
}

/// The work of a step that was opened.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Slots {
    /// The values of `for_each`; `None` for a single run.
    pub items: Option<Vec<Value>>,
    pub all: Vec<Slot>,
    /// Slots before this were handed out or have a result.
    cursor: usize,
    /// Slots whose next attempt is due.
    again: VecDeque<u32>,
    /// Slots that take up a place of `max_parallel`.
    pub active: u32,
    pub settled: usize,
    pub failed: usize,
    pub cancelled: usize,
    pub first_error: Option<ActionError>,
}

impl Slots {
    pub fn new(items: Option<Vec<Value>>) -> Self {
        let count = items.as_ref().map_or(1, Vec::len);
        Self {
            items,
            all: std::iter::repeat_with(Slot::new).take(count).collect(),
            cursor: 0,
            again: VecDeque::new(),
            active: 0,
            settled: 0,
            failed: 0,
            cancelled: 0,
            first_error: None,
        }
    }

    pub fn is_settled(&self) -> bool {
        self.settled == self.all.len()
    }

    pub fn slot(&mut self, index: u32) -> Option<&mut Slot> {
        self.all.get_mut(usize::try_from(index).unwrap_or(usize::MAX))
    }

    pub fn peek(&self, index: u32) -> Option<&Slot> {
        self.all.get(usize::try_from(index).unwrap_or(usize::MAX))
    }

    /// The next slot to start: due attempts first, then the items in order.
    pub fn next(&mut self) -> Option<u32> {
        if let Some(index) = self.again.pop_front() {
            return Some(index);
        }
        while let Some(slot) = self.all.get(self.cursor) {
            let index = u32::try_from(self.cursor).ok()?;
            self.cursor += 1;
            if slot.state == SlotState::Idle {
                return Some(index);
            }
        }
        None
    }

    /// An attempt that waited is due.
    pub fn again(&mut self, index: u32) {
        self.again.push_back(index);
    }

    /// Moves a slot to another state and keeps the counters. A settled slot stays as it is.
    /// Answers what it was and what it is.
    pub fn turn(&mut self, index: u32, state: SlotState) -> Option<(SlotState, SlotState)> {
        let slot = self.slot(index)?;
        let before = slot.state;
        if is_settled(before) {
            return None;
        }
        slot.state = state;
        self.active += u32::from(takes_place(state));
        self.active -= u32::from(takes_place(before));
        self.settled += usize::from(is_settled(state));
        self.failed += usize::from(state == SlotState::Failed);
        self.cancelled += usize::from(state == SlotState::Cancelled);
        Some((before, state))
    }

    /// Copies of the outputs of the slots that succeeded, in order.
    pub fn outputs(&self) -> Vec<Value> {
        self.all.iter().filter_map(|slot| slot.output.clone()).collect()
    }

    /// Starts anew with everything that has not succeeded. What was recorded is kept.
    pub fn reopen(&mut self) {
        for slot in self.all.iter_mut().filter(|slot| slot.state != SlotState::Succeeded) {
            slot.state = SlotState::Idle;
            slot.failed_attempts = 0;
        }
        self.settled = self.all.iter().filter(|slot| is_settled(slot.state)).count();
        (self.cursor, self.active, self.failed, self.cancelled) = (0, 0, 0, 0);
        self.again.clear();
        self.first_error = None;
    }

    /// Outputs of the slots that succeeded, in order.
    pub fn take_outputs(&mut self) -> Vec<Value> {
        self.all.iter_mut().filter_map(|slot| slot.output.take()).collect()
    }
}

const fn takes_place(state: SlotState) -> bool {
    state.is_in_flight() || matches!(state, SlotState::Waiting { .. } | SlotState::Awaiting { .. })
}

const fn is_settled(state: SlotState) -> bool {
    matches!(state, SlotState::Succeeded | SlotState::Failed | SlotState::Cancelled)
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands it over so")]
const fn is_zero(count: &u32) -> bool {
    *count == 0
}

/// A value that is there, whatever it is: null as well.
mod some {
    use serde::{Deserialize as _, Deserializer, Serialize as _, Serializer};
    use serde_json::Value;

    #[expect(clippy::ref_option, reason = "serde hands it over so")]
    pub fn serialize<S: Serializer>(value: &Option<Value>, to: S) -> Result<S::Ok, S::Error> {
        value.serialize(to)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Value>, D::Error> {
        Value::deserialize(from).map(Some)
    }
}
