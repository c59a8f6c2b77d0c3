//! What is counted by the month: how much of it is taken at once, and when to warn.

/// Most units that a process takes from the count at once.
const LARGEST_BLOCK: u64 = 100;
/// A process takes at most this part of what is left, so that little lies idle near the limit.
const PART: u64 = 50;

/// How many units to take for somebody who wants `wanted`: a few more for those who come next, but
/// near the limit just what is wanted. `None` when there are not so many.
pub fn block(allowed: Option<u64>, used: u64, wanted: u64) -> Option<u64> {
    let Some(allowed) = allowed else { return Some(wanted.max(LARGEST_BLOCK)) };
    let left = allowed.saturating_sub(used);
    (wanted <= left).then(|| wanted.max((left / PART).min(LARGEST_BLOCK)))
}

/// How much of a limit is used when its owner is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    Near,
    Reached,
}

impl Mark {
    pub const fn percent(self) -> u8 {
        match self {
            Self::Near => 80,
            Self::Reached => 100,
        }
    }

    const fn is_passed(self, allowed: u64, used: u64) -> bool {
        // In 128 bits, which no product of these leaves.
        used as u128 * 100 >= allowed as u128 * self.percent() as u128
    }
}

/// What is counted of one limit in one month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Count {
    pub used: u64,
    /// The allowance that its owner was told to be near of, and to have reached.
    pub told_near: Option<u64>,
    pub told_reached: Option<u64>,
}

impl Count {
    /// With `units` more of `allowed`, and what its owner is to be told: each mark of each
    /// allowance once, and the further one alone when both are passed.
    #[must_use]
    pub fn plus(self, units: u64, allowed: Option<u64>) -> (Self, Option<Mark>) {
        let mut next = Self { used: self.used.saturating_add(units), ..self };
        let Some(allowed) = allowed else { return (next, None) };
        let passed = |mark: Mark| mark.is_passed(allowed, next.used);
        let (near, reached) = (passed(Mark::Near), passed(Mark::Reached));
        let mark = if reached && next.told_reached != Some(allowed) {
            Some(Mark::Reached)
        } else if near && !reached && next.told_near != Some(allowed) {
            Some(Mark::Near)
        } else {
            None
        };
        next.told_near = if near { Some(allowed) } else { next.told_near };
        next.told_reached = if reached { Some(allowed) } else { next.told_reached };
        (next, mark)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_shrink_towards_the_limit_and_never_pass_it() {
        assert_eq!(block(None, u64::MAX, 1), Some(100));
        assert_eq!(block(None, 0, 500), Some(500));
        assert_eq!(block(Some(100_000), 0, 1), Some(100));
        assert_eq!(block(Some(1000), 0, 1), Some(20));
        assert_eq!(block(Some(1000), 960, 1), Some(1));
        assert_eq!(block(Some(1000), 999, 1), Some(1));
        assert_eq!(block(Some(1000), 999, 2), None);
        assert_eq!(block(Some(1000), 1000, 1), None);
        assert_eq!(block(Some(10), 2000, 1), None);
    }

    #[test]
    fn each_mark_is_told_once_and_anew_under_another_allowance() {
        let mut count = Count::default();
        let mut told = Vec::new();
        let mut add = |units, allowed| {
            let mark;
            (count, mark) = count.plus(units, Some(allowed));
            told.push(mark.map(Mark::percent));
        };
        add(79, 100);
        add(1, 100);
        add(5, 100);
        add(15, 100);
        add(0, 100);
        add(0, 200);
        add(100, 200);
        assert_eq!(told, [None, Some(80), None, Some(100), None, None, Some(100)]);
        assert_eq!(count.plus(1000, None).1, None);
    }
}
