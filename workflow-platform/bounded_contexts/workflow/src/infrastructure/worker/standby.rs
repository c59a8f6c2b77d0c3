//! Executions that are leased before a place comes free for them, so that no place stands empty while
//! the queue is asked.
//!
//! How many depends on how fast places come free: what is leased ahead waits for a few milliseconds
//! as a rule. What waits longer, because everything before it turned out to be long, is given back
//! for others.

use std::{collections::VecDeque, time::Duration};

use shared_kernel::domain::Timestamp;

use crate::{application::executions::StoredEvent, infrastructure::queue::Claimed};

/// As many are leased ahead as places came free within this time.
const WITHIN: Duration = Duration::from_millis(20);
/// After so long they are given back.
const PATIENCE: Duration = Duration::from_millis(250);

/// An execution of ours, and the beginning of its journal as far as it was read.
#[derive(Debug)]
pub(super) struct Waiting {
    pub claimed: Claimed,
    pub history: Vec<StoredEvent>,
    pub since: Timestamp,
}

/// What waits for a place.
#[derive(Debug)]
pub(super) struct Standby {
    waiting: VecDeque<Waiting>,
    /// The last times at which a place came free.
    freed: VecDeque<Timestamp>,
    most: usize,
}

impl Standby {
    /// Never more than `most`.
    pub fn new(most: usize) -> Self {
        Self { waiting: VecDeque::new(), freed: VecDeque::new(), most }
    }

    pub fn len(&self) -> usize {
        self.waiting.len()
    }

    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// A place came free.
    pub fn place_freed(&mut self, now: Timestamp) {
        if self.freed.len() >= self.most {
            self.freed.pop_front();
        }
        if self.most > 0 {
            self.freed.push_back(now);
        }
    }

    /// How many are worth leasing ahead of their places now.
    pub fn wanted(&self, now: Timestamp) -> usize {
        let from = now.minus(WITHIN);
        self.freed.iter().rev().take_while(|at| **at > from).count()
    }

    pub fn add(&mut self, waiting: Waiting) {
        self.waiting.push_back(waiting);
    }

    /// The one that has waited longest.
    pub fn next(&mut self) -> Option<Waiting> {
        self.waiting.pop_front()
    }

    /// Those that have waited too long.
    pub fn overdue(&mut self, now: Timestamp) -> Vec<Waiting> {
        let until = now.minus(PATIENCE);
        let count = self.waiting.iter().take_while(|one| one.since <= until).count();
        self.waiting.drain(..count).collect()
    }
}

#[cfg(test)]
mod tests {
    use shared_kernel::domain::Owner;
    use uuid::Uuid;

    use super::*;

    const AT: Timestamp = Timestamp::from_micros(1_800_000_000_000_000);

    fn waiting(number: u128, since: Timestamp) -> Waiting {
        let claimed = Claimed {
            id: Uuid::from_u128(number).into(),
            owner: Owner::new(Uuid::from_u128(7).into()),
            definition_id: Uuid::from_u128(1),
            version: 1,
            epoch: 1,
            cancel_requested: false,
            letters_taken: 0,
            letters: 0,
            parent: None,
            is_fragment: false,
            is_keyed: false,
            trace: None,
        };
        Waiting { claimed, history: Vec::new(), since }
    }

    #[test]
    fn as_many_are_wanted_as_places_came_free_lately() {
        let mut standby = Standby::new(3);
        assert_eq!(standby.wanted(AT), 0);
        for millis in 0..8 {
            standby.place_freed(AT.plus(Duration::from_millis(millis)));
        }
        assert_eq!(standby.wanted(AT.plus(Duration::from_millis(8))), 3, "never more than three");
        assert_eq!(standby.wanted(AT.plus(Duration::from_millis(26))), 1);
        assert_eq!(standby.wanted(AT.plus(Duration::from_secs(1))), 0);
        let mut none = Standby::new(0);
        none.place_freed(AT);
        assert_eq!(none.wanted(AT), 0);
    }

    #[test]
    fn what_waits_too_long_is_given_back_in_its_order() {
        let mut standby = Standby::new(3);
        let later = AT.plus(Duration::from_millis(100));
        standby.add(waiting(1, AT));
        standby.add(waiting(2, AT));
        standby.add(waiting(3, later));
        assert!(standby.overdue(later).is_empty());
        let overdue = standby.overdue(AT.plus(PATIENCE));
        let ids: Vec<_> = overdue.iter().map(|one| one.claimed.id.uuid().as_u128()).collect();
        assert_eq!((ids, standby.len()), (vec![1, 2], 1));
        assert_eq!(standby.next().unwrap().claimed.id.uuid().as_u128(), 3);
        assert!(standby.is_empty());
    }
}
