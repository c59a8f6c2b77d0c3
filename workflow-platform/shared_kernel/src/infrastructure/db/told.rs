//! Wakes the relay of this process when a commit wrote events that somebody wants.
//!
//! What nobody wants may wait for the relay's next look at the clock: a sign-in, say, whose event no
//! handler knows, costs the database nothing more than its own commit.

use std::{collections::BTreeSet, fmt};

use parking_lot::RwLock;
use tokio::sync::watch;

/// Kinds of events, each once.
#[derive(Debug, Default)]
pub(super) struct Kinds(BTreeSet<String>);

impl Kinds {
    pub fn add(&mut self, kind: &str) {
        if !self.0.contains(kind) {
            self.0.insert(kind.to_owned());
        }
    }

    pub fn join(&mut self, mut others: Self) {
        self.0.append(&mut others.0);
    }
}

type Wants = Box<dyn Fn(&str) -> bool + Send + Sync>;

/// Counts such commits.
#[derive(Default)]
pub(super) struct Wakes {
    count: watch::Sender<u64>,
    /// Of each relay; in tests there may be several.
    wants: RwLock<Vec<Wants>>,
}

impl Wakes {
    pub fn listen(
        &self,
        wants: impl Fn(&str) -> bool + Send + Sync + 'static,
    ) -> watch::Receiver<u64> {
        self.wants.write().push(Box::new(wants));
        self.count.subscribe()
    }

    pub fn tell(&self, told: &Kinds) {
        let wants = self.wants.read();
        if told.0.iter().any(|kind| wants.iter().any(|wants| wants(kind))) {
            self.count.send_modify(|count| *count = count.wrapping_add(1));
        }
    }
}

impl fmt::Debug for Wakes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wakes").field("count", &self.count).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(of: &[&str]) -> Kinds {
        let mut kinds = Kinds::default();
        for kind in of {
            kinds.add(kind);
        }
        kinds
    }

    #[test]
    fn a_commit_wakes_for_events_that_somebody_wants_only() {
        let wakes = Wakes::default();
        let mut first = wakes.listen(|kind| kind == "a.happened");
        let second = wakes.listen(|kind| kind == "b.happened");
        for (told, count) in [
            (kinds(&[]), 0),
            (kinds(&["c.happened"]), 0),
            (kinds(&["c.happened", "a.happened"]), 1),
            (kinds(&["b.happened", "b.happened"]), 2),
        ] {
            wakes.tell(&told);
            assert_eq!((*first.borrow_and_update(), *second.borrow()), (count, count), "{told:?}");
        }
    }

    #[test]
    fn kinds_of_several_statements_are_told_together() {
        let mut all = kinds(&["a.happened"]);
        all.join(kinds(&["b.happened", "a.happened"]));
        assert_eq!(all.0.into_iter().collect::<Vec<_>>(), ["a.happened", "b.happened"]);
    }
}
