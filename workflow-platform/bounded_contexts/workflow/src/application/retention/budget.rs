//! What one user's plan keeps, while a lap goes from the newest to the oldest.

use std::time::Duration;

use shared_kernel::domain::Timestamp;

use super::Kept;

/// What ended so lately is kept whatever it takes: somebody may just be looking.
const FRESH: Duration = Duration::from_hours(1);

const DAY: Duration = Duration::from_hours(24);

/// What is left of it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Budget {
    /// What ended before is forgotten; `None` keeps all.
    oldest: Option<Timestamp>,
    /// `None` is without end.
    bytes_left: Option<i64>,
    fresh: Timestamp,
}

impl Budget {
    pub fn new(days: Option<u64>, bytes: Option<u64>, now: Timestamp) -> Self {
        let days = days.map(|days| u32::try_from(days).unwrap_or(u32::MAX));
        Self {
            oldest: days.map(|days| now.minus(DAY.saturating_mul(days))),
            bytes_left: bytes.map(|bytes| i64::try_from(bytes).unwrap_or(i64::MAX)),
            fresh: now.minus(FRESH),
        }
    }

    /// Takes the next older execution into account; answers whether it is to be forgotten.
    pub fn exceeds(&mut self, row: &Kept) -> bool {
        let is_over = match &mut self.bytes_left {
            None => false,
            Some(left) => {
                *left = left.saturating_sub(row.bytes);
                *left < 0
            }
        };
        let Some(finished_at) = row.finished_at else { return false };
        let is_old = self.oldest.is_some_and(|oldest| finished_at < oldest);
        is_old || (is_over && finished_at < self.fresh)
    }
}

#[cfg(test)]
mod tests {
    use shared_kernel::domain::Owner;
    use uuid::Uuid;

    use super::*;

    const NOW: Timestamp = Timestamp::from_micros(1_800_000_000_000_000);

    fn row(bytes: i64, age: Option<Duration>) -> Kept {
        Kept {
            id: Uuid::nil().into(),
            owner: Owner::new(Uuid::nil().into()),
            finished_at: age.map(|age| NOW.minus(age)),
            bytes,
        }
    }

    #[test]
    fn what_is_older_than_the_plan_says_goes_and_what_runs_stays() {
        let mut budget = Budget::new(Some(7), None, NOW);
        assert!(!budget.exceeds(&row(1, Some(DAY * 7))));
        assert!(budget.exceeds(&row(1, Some(DAY * 7 + Duration::from_micros(1)))));
        assert!(!budget.exceeds(&row(1, None)));
        let mut everything = Budget::new(None, None, NOW);
        assert!(!everything.exceeds(&row(i64::MAX, Some(DAY * 9999))));
    }

    #[test]
    fn the_newest_that_fit_are_kept_and_what_is_fresh_too() {
        let mut budget = Budget::new(None, Some(100), NOW);
        let kept = [(60, 2), (40, 3), (1, 4), (0, 5)]
            .map(|(bytes, hours)| !budget.exceeds(&row(bytes, Some(Duration::from_hours(hours)))));
        assert_eq!(kept, [true, true, false, false]);
        assert!(!budget.exceeds(&row(1, Some(Duration::from_mins(59)))));
        assert!(!budget.exceeds(&row(1, None)));
    }
}
