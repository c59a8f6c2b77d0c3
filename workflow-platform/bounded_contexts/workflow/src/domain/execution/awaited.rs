//! Which run of a step waits for somebody's signal.

use std::{fmt, str::FromStr};

use super::{Execution, RunKey, machine::Work, slots::Slots};

/// A run of a step in a `wait.signal`. As text it is `step`, or `step.7` of an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Awaited {
    pub step: String,
    /// Number of the item, from 0, of a step with `for_each`.
    pub item: Option<u32>,
}

impl fmt::Display for Awaited {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.item {
            None => f.write_str(&self.step),
            Some(item) => write!(f, "{}.{item}", self.step),
        }
    }
}

/// The text names no run of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a step or an item of one")]
pub struct NotAwaited;

impl FromStr for Awaited {
    type Err = NotAwaited;

    /// Ids of steps have no dot.
    fn from_str(text: &str) -> Result<Self, NotAwaited> {
        let (step, item) = match text.split_once('.') {
            None => (text, None),
            Some((step, item)) => (step, Some(item.parse().map_err(|_| NotAwaited)?)),
        };
        Ok(Self { step: step.to_owned(), item })
    }
}

impl Execution {
    /// The first run, in the order of steps and items, that a signal would let go on.
    pub fn awaited(&self) -> Option<Awaited> {
        let group = &self.groups[self.phase.index()];
        if group.awaiting == 0 || group.halted || self.finished.is_some() {
            return None;
        }
        let key = self.nodes.iter().enumerate().find_map(|(node, found)| {
            let Work::Open { slots, .. } = &found.work else { return None };
            Some(RunKey { node, slot: first_awaiting(slots)? })
        })?;
        Some(Awaited { step: self.step(key.node).id.to_string(), item: self.item_of(key) })
    }
}

fn first_awaiting(slots: &Slots) -> Option<u32> {
    let at = slots.all.iter().position(|slot| slot.state.is_awaiting())?;
    u32::try_from(at).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_the_same_when_it_is_read_again() {
        for (text, item) in [("approve", None), ("approve.0", Some(0)), ("approve.41", Some(41))] {
            let awaited = Awaited { step: "approve".to_owned(), item };
            assert_eq!(awaited.to_string(), text);
            assert_eq!(text.parse(), Ok(awaited));
        }
    }

    #[test]
    fn what_is_no_item_is_refused() {
        assert_eq!("approve.x".parse::<Awaited>(), Err(NotAwaited));
    }
}
