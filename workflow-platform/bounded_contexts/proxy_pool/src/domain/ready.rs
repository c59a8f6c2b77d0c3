//! Which proxies of a pool may be used now, kept up to date with every lease and every turn of
//! health, so that a choice never looks at all of them.

use std::collections::BTreeSet;

use shared_kernel::domain::Timestamp;

/// Where a proxy stands as far as choosing goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Standing {
    /// May be used; `in_use` requests are under way, and it was taken last at `turn`.
    Ready { in_use: u32, turn: u64 },
    /// At its parallel limit.
    Full,
    /// Not before this moment.
    Resting(Timestamp),
    /// Switched off.
    #[default]
    Off,
}

/// How many proxies stand where.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct StandingCounts {
    pub ready: usize,
    pub full: usize,
    pub resting: usize,
    pub off: usize,
}

const NOWHERE: u32 = u32::MAX;

/// Positions of a pool's list by standing.
#[derive(Debug, Default)]
pub struct Ready {
    standing: Vec<Standing>,
    /// Ready ones in no order, for draws.
    dense: Vec<u32>,
    /// Position → place in `dense`.
    place: Vec<u32>,
    in_order: BTreeSet<u32>,
    by_use: BTreeSet<(u32, u64, u32)>,
    full: BTreeSet<u32>,
    resting: BTreeSet<(Timestamp, u32)>,
}

impl Ready {
    /// All off.
    pub fn new(size: usize) -> Self {
        Self { standing: vec![Standing::Off; size], place: vec![NOWHERE; size], ..Self::default() }
    }

    pub fn size(&self) -> usize {
        self.standing.len()
    }

    pub fn standing(&self, position: u32) -> Standing {
        self.standing.get(position as usize).copied().unwrap_or_default()
    }

    pub fn set(&mut self, position: u32, standing: Standing) {
        let Some(old) = self.standing.get_mut(position as usize) else { return };
        let old = std::mem::replace(old, standing);
        if old == standing {
            return;
        }
        match old {
            Standing::Ready { in_use, turn } => {
                self.by_use.remove(&(in_use, turn, position));
                if !matches!(standing, Standing::Ready { .. }) {
                    self.in_order.remove(&position);
                    self.leave(position);
                }
            }
            Standing::Full => {
                self.full.remove(&position);
            }
            Standing::Resting(until) => {
                self.resting.remove(&(until, position));
            }
            Standing::Off => {}
        }
        match standing {
            Standing::Ready { in_use, turn } => {
                self.by_use.insert((in_use, turn, position));
                if self.in_order.insert(position) {
                    self.join(position);
                }
            }
            Standing::Full => {
                self.full.insert(position);
            }
            Standing::Resting(until) => {
                self.resting.insert((until, position));
            }
            Standing::Off => {}
        }
    }

    fn join(&mut self, position: u32) {
        if let Some(place) = self.place.get_mut(position as usize) {
            *place = u32::try_from(self.dense.len()).unwrap_or(NOWHERE);
            self.dense.push(position);
        }
    }

    fn leave(&mut self, position: u32) {
        let Some(place) = self.place.get_mut(position as usize) else { return };
        let left = std::mem::replace(place, NOWHERE);
        if (left as usize) < self.dense.len() {
            self.dense.swap_remove(left as usize);
        }
        if let Some(moved) = self.dense.get(left as usize)
            && let Some(place) = self.place.get_mut(*moved as usize)
        {
            *place = left;
        }
    }

    /// One whose rest is over by now; it is to be set anew.
    pub fn rested(&self, now: Timestamp) -> Option<u32> {
        self.resting.first().filter(|(until, _)| *until <= now).map(|(_, position)| *position)
    }

    /// When the first of those at rest may be used again.
    pub fn next_rested(&self) -> Option<Timestamp> {
        self.resting.first().map(|(until, _)| *until)
    }

    /// Ready ones in no order.
    pub fn dense(&self) -> &[u32] {
        &self.dense
    }

    /// Ready ones in the order of the list, from the one after `last` on, once round.
    pub fn after(&self, last: Option<u32>) -> impl Iterator<Item = u32> + '_ {
        let from = last.map_or(0, |last| last.saturating_add(1));
        self.in_order.range(from..).chain(self.in_order.range(..from)).copied()
    }

    /// Ready ones, the least used first; of equals the one whose turn is longest ago.
    pub fn least_used(&self) -> impl Iterator<Item = u32> + '_ {
        self.by_use.iter().map(|(.., position)| *position)
    }

    /// Those at their limit.
    pub fn full(&self) -> impl Iterator<Item = u32> + '_ {
        self.full.iter().copied()
    }

    pub fn counts(&self) -> StandingCounts {
        let (ready, full, resting) = (self.dense.len(), self.full.len(), self.resting.len());
        StandingCounts { ready, full, resting, off: self.standing.len() - ready - full - resting }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn standings() -> impl Strategy<Value = Standing> {
        prop_oneof![
            (0u32..4, 0u64..9).prop_map(|(in_use, turn)| Standing::Ready { in_use, turn }),
            Just(Standing::Full),
            (0i64..50).prop_map(|at| Standing::Resting(Timestamp::from_micros(at))),
            Just(Standing::Off),
        ]
    }

    proptest! {
        #[test]
        fn whatever_happens_every_view_shows_the_same_ones(
            steps in prop::collection::vec((0u32..12, standings()), 0..200),
        ) {
            let mut ready = Ready::new(12);
            for (position, standing) in steps {
                ready.set(position, standing);
                let expected: Vec<u32> = (0..12)
                    .filter(|p| matches!(ready.standing(*p), Standing::Ready { .. }))
                    .collect();
                let mut dense = ready.dense().to_vec();
                dense.sort_unstable();
                let mut by_use: Vec<u32> = ready.least_used().collect();
                by_use.sort_unstable();
                prop_assert_eq!(&dense, &expected);
                prop_assert_eq!(&by_use, &expected);
                prop_assert_eq!(ready.after(None).collect::<Vec<_>>(), expected);
                let counts = ready.counts();
                prop_assert_eq!(counts.ready + counts.full + counts.resting + counts.off, 12);
            }
        }
    }
}
