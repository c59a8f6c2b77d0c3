//! Marks of pages that are known: a crawl may know a million, and a common set would take up to
//! three times their size, and four and a half while it grows.

/// Each grows by itself, so that little is there twice meanwhile.
const SHARDS: usize = 64;
/// Room of a shard that holds something, in marks.
const LEAST: usize = 8;

/// A set of numbers that are spread evenly, as hashes are.
#[derive(Debug)]
pub(super) struct Marks(Box<[Shard]>);

/// Nought is an empty place; a mark stands at its place or behind it, with no empty one between.
#[derive(Debug, Default)]
struct Shard {
    places: Box<[u64]>,
    taken: usize,
}

impl Default for Marks {
    fn default() -> Self {
        Self((0..SHARDS).map(|_| Shard::default()).collect())
    }
}

impl Marks {
    /// Whether it is new.
    pub fn insert(&mut self, mark: u64) -> bool {
        let mark = mark.max(1);
        self.0[shard_of(mark)].insert(mark)
    }

    pub fn contains(&self, mark: u64) -> bool {
        let mark = mark.max(1);
        let shard = &self.0[shard_of(mark)];
        shard.taken > 0 && shard.places[shard.find(mark)] == mark
    }

    #[cfg(test)]
    fn bytes(&self) -> usize {
        self.0.iter().map(|shard| size_of_val(&*shard.places)).sum()
    }
}

impl Shard {
    fn insert(&mut self, mark: u64) -> bool {
        if self.taken >= self.places.len() / 5 * 4 {
            self.grow();
        }
        let at = self.find(mark);
        let is_new = self.places[at] == 0;
        self.places[at] = mark;
        self.taken += usize::from(is_new);
        is_new
    }

    /// Where the mark stands, or would.
    fn find(&self, mark: u64) -> usize {
        let length = self.places.len();
        let mut at = start(mark, length);
        while self.places[at] != 0 && self.places[at] != mark {
            at = if at + 1 == length { 0 } else { at + 1 };
        }
        at
    }

    fn grow(&mut self) {
        let length = (self.places.len() / 4 * 5).max(self.places.len() + LEAST);
        let before = std::mem::replace(&mut self.places, vec![0; length].into());
        for mark in before.into_iter().filter(|mark| *mark != 0) {
            let at = self.find(mark);
            self.places[at] = mark;
        }
    }
}

/// By the highest bits; the place within is by those below.
fn shard_of(mark: u64) -> usize {
    part(mark, SHARDS)
}

fn start(mark: u64, length: usize) -> usize {
    part(mark << SHARDS.ilog2(), length)
}

/// In which of so many parts of all numbers it lies.
fn part(mark: u64, parts: usize) -> usize {
    usize::try_from((u128::from(mark) * parts as u128) >> 64).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Few bits differ, so that many want the same place, the last ones of a shard as well.
        #[test]
        fn a_set_is_a_set(asked in prop::collection::vec((0..400_u64, any::<bool>()), 0..600)) {
            let (mut marks, mut model) = (Marks::default(), HashSet::new());
            for (number, last) in asked {
                let mark = if last { u64::MAX - number } else { number << 40 };
                prop_assert_eq!(marks.contains(mark), model.contains(&mark.max(1)));
                prop_assert_eq!(marks.insert(mark), model.insert(mark.max(1)));
                prop_assert!(marks.contains(mark));
            }
        }
    }

    #[test]
    fn a_million_need_little_more_than_they_are_long() {
        let mut marks = Marks::default();
        let mark = |number: u64| {
            u64::from_le_bytes(
                blake3::hash(&number.to_le_bytes()).as_bytes()[..8].try_into().unwrap(),
            )
        };
        assert!((0..1_000_000).all(|number| marks.insert(mark(number))));
        assert!((0..1_000_000).all(|number| marks.contains(mark(number))));
        assert!(!(1_000_000..1_100_000).any(|number| marks.contains(mark(number))));
        assert!(marks.bytes() < 13_000_000, "{} bytes", marks.bytes());
    }
}
