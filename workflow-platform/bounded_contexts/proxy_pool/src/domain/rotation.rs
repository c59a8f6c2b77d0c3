//! Which of the usable proxies comes next.

use super::{ProxyId, Strategy};

/// A proxy that could be taken now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Candidate {
    pub id: ProxyId,
    /// Place in the pool's list, which is sorted by id.
    pub position: usize,
    /// Requests under way through it.
    pub in_use: u32,
}

/// A way to choose. It keeps what it needs between choices; the list it is given is never empty,
/// is sorted by id, and holds only proxies that may be used now.
pub trait Rotation: Send {
    /// Index into `candidates`.
    fn choose(&mut self, host: &str, candidates: &[Candidate]) -> usize;
}

/// The rotation of a strategy, at its start.
pub fn rotation_of(strategy: Strategy) -> Box<dyn Rotation> {
    match strategy {
        Strategy::RoundRobin => Box::<RoundRobin>::default(),
    }
}

/// Takes turns: the next one after the last taken, whoever joined, left or rested meanwhile.
#[derive(Debug, Default)]
pub struct RoundRobin {
    last: Option<ProxyId>,
}

impl Rotation for RoundRobin {
    fn choose(&mut self, _: &str, candidates: &[Candidate]) -> usize {
        let next = self
            .last
            .and_then(|last| candidates.iter().position(|candidate| candidate.id > last))
            .unwrap_or(0);
        self.last = candidates.get(next).map(|candidate| candidate.id);
        next
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    fn candidates(ids: impl IntoIterator<Item = u128>) -> Vec<Candidate> {
        ids.into_iter()
            .enumerate()
            .map(|(position, id)| Candidate { id: Uuid::from_u128(id).into(), position, in_use: 0 })
            .collect()
    }

    proptest! {
        #[test]
        fn nobody_is_two_turns_ahead(size in 1u128..40, turns in 0usize..400) {
            let all = candidates(0..size);
            let mut rotation = RoundRobin::default();
            let mut taken = BTreeMap::new();
            for _ in 0..turns {
                let index = rotation.choose("h:80", &all);
                *taken.entry(all[index].position).or_insert(0usize) += 1;
            }
            let least = all.iter().map(|c| taken.get(&c.position).copied().unwrap_or(0)).min();
            let most = taken.values().copied().max().unwrap_or(0);
            prop_assert!(most - least.unwrap_or(0) <= 1);
        }

        #[test]
        fn any_subset_gives_a_valid_choice(turns in prop::collection::vec(1u64..255, 1..50)) {
            let mut rotation = RoundRobin::default();
            for mask in turns {
                let some = candidates((0..8u32).filter(|bit| mask >> bit & 1 == 1).map(u128::from));
                prop_assert!(rotation.choose("h:80", &some) < some.len());
            }
        }
    }

    #[test]
    fn one_that_rests_is_passed_over_without_losing_the_turn_of_the_next() {
        let mut rotation = RoundRobin::default();
        let all = candidates([1, 2, 3]);
        assert_eq!(rotation.choose("h", &all), 0);
        let without_two = candidates([1, 3]);
        assert_eq!(rotation.choose("h", &without_two), 1);
        assert_eq!(rotation.choose("h", &all), 0);
        assert_eq!(rotation.choose("h", &all), 1);
    }
}
