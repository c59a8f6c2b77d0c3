//! Paid periods, counted from an anchor.

use chrono::{Datelike as _, Months};
use serde::{Deserialize, Serialize};
use shared_kernel::domain::Timestamp;

use super::Interval;

/// From `start` until just before `end`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Period {
    pub start: Timestamp,
    pub end: Timestamp,
}

impl Period {
    /// The first period of an anchor.
    pub fn first(anchor: Timestamp, interval: Interval) -> Self {
        Self { start: anchor, end: nth(anchor, interval, 1) }
    }

    /// The one that follows: from this end to the first later boundary of the anchor.
    #[must_use]
    pub fn following(self, anchor: Timestamp, interval: Interval) -> Self {
        let passed = months_between(anchor, self.end) / interval.months();
        let ends = (passed..passed + 3).map(|count| nth(anchor, interval, count));
        let end = ends.into_iter().find(|end| *end > self.end);
        Self { start: self.end, end: end.unwrap_or(self.end) }
    }

    /// Whole seconds between `from` and the end; none when it lies after.
    pub fn left(self, from: Timestamp) -> u64 {
        self.end.since(from).as_secs()
    }

    pub fn seconds(self) -> u64 {
        self.left(self.start)
    }
}

/// `count` intervals after the anchor: its day and time in UTC, or the last day of a shorter month.
/// Each is counted from the anchor, so that after February the 31st comes back.
fn nth(anchor: Timestamp, interval: Interval, count: u32) -> Timestamp {
    let months = Months::new(interval.months().saturating_mul(count));
    anchor.to_chrono().checked_add_months(months).map_or(anchor, Timestamp::from)
}

/// Between the months that both lie in.
fn months_between(early: Timestamp, late: Timestamp) -> u32 {
    let month = |at: Timestamp| {
        let at = at.to_chrono();
        i64::from(at.year()) * 12 + i64::from(at.month0())
    };
    u32::try_from(month(late) - month(early)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn ends(anchor: &str, interval: Interval, count: usize) -> Vec<String> {
        let anchor = at(anchor);
        let periods = std::iter::successors(Some(Period::first(anchor, interval)), |period| {
            Some(period.following(anchor, interval))
        });
        periods.take(count).map(|period| period.end.to_string()[..10].to_owned()).collect()
    }

    #[test]
    fn the_thirty_first_comes_back_after_shorter_months() {
        let found = ends("2027-12-31T10:00:00Z", Interval::Month, 4);
        assert_eq!(found, ["2028-01-31", "2028-02-29", "2028-03-31", "2028-04-30"]);
    }

    #[test]
    fn a_leap_day_comes_back_after_four_years() {
        let found = ends("2028-02-29T23:59:59Z", Interval::Year, 4);
        assert_eq!(found, ["2029-02-28", "2030-02-28", "2031-02-28", "2032-02-29"]);
    }

    proptest! {
        #[test]
        fn periods_follow_each_other_without_gap_and_without_end(
            seconds in 0_i64..4_000_000_000,
            yearly: bool,
        ) {
            let anchor = Timestamp::from_millis(seconds * 1000);
            let interval = if yearly { Interval::Year } else { Interval::Month };
            let mut period = Period::first(anchor, interval);
            for _ in 0..40 {
                prop_assert!(period.end > period.start);
                let days = period.seconds() / 86_400;
                let expected = if yearly { 365..=366 } else { 28..=31 };
                prop_assert!(expected.contains(&days), "of {} days", days);
                let next = period.following(anchor, interval);
                prop_assert_eq!(next.start, period.end);
                period = next;
            }
        }
    }
}
