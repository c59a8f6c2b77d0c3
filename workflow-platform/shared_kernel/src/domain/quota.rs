//! How often something may be done: the generic cell rate algorithm (ITU-T I.371, annex A), in
//! the form of a virtual schedule.
//!
//! All that is kept of a caller is one instant, the *theoretical arrival time*: when everything
//! taken so far will have been given back. Each taking moves it on by `period / burst`; it may lie
//! ahead of now by `period` at most.

use std::time::Duration;

use super::Timestamp;

/// `burst` at once, given back evenly over `period`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quota {
    burst: u32,
    period: Duration,
}

/// What became of one asking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdict {
    /// Microseconds to wait before the next; zero when this one was allowed.
    wait: i64,
    pub remaining: u32,
    /// Until all is given back.
    pub reset_after: Duration,
}

impl Verdict {
    pub const fn is_allowed(&self) -> bool {
        self.wait == 0
    }

    /// Nothing when it was allowed.
    pub const fn retry_after(&self) -> Duration {
        Duration::from_micros(self.wait.unsigned_abs())
    }
}

impl Quota {
    /// Nothing at all (`burst` 0) is not a quota: it becomes one.
    pub const fn new(burst: u32, period: Duration) -> Self {
        Self { burst: if burst == 0 { 1 } else { burst }, period }
    }

    pub const fn per_minute(burst: u32) -> Self {
        Self::new(burst, Duration::from_mins(1))
    }

    pub const fn burst(self) -> u32 {
        self.burst
    }

    pub const fn period(self) -> Duration {
        self.period
    }

    /// What one costs, in microseconds.
    pub fn interval(self) -> i64 {
        let period = i64::try_from(self.period.as_micros()).unwrap_or(i64::MAX / 4);
        (period.min(i64::MAX / 4) / i64::from(self.burst)).max(1)
    }

    /// The most that can be taken ahead, in microseconds.
    pub fn tolerance(self) -> i64 {
        self.interval().saturating_mul(i64::from(self.burst))
    }

    /// What one more would come to, and the arrival time to keep if it is allowed and taken.
    pub fn judge(self, arrival: Option<Timestamp>, now: Timestamp) -> (Verdict, Timestamp) {
        let (interval, tolerance) = (self.interval(), self.tolerance());
        // What lies further ahead was written by a faster clock or under another quota.
        let ahead = arrival.map_or(0, |at| at.micros().saturating_sub(now.micros()));
        let ahead = ahead.clamp(0, tolerance);
        let after = ahead.saturating_add(interval);
        let wait = after.saturating_sub(tolerance).max(0);
        let kept = if wait == 0 { after } else { ahead };
        (self.verdict(wait, kept), Timestamp::from_micros(now.micros().saturating_add(kept)))
    }

    /// From what is kept ahead of now, after the decision.
    pub fn verdict(self, wait: i64, ahead: i64) -> Verdict {
        let left = if wait > 0 { 0 } else { (self.tolerance() - ahead).max(0) / self.interval() };
        Verdict {
            wait: wait.max(0),
            remaining: u32::try_from(left).unwrap_or(u32::MAX),
            reset_after: Duration::from_micros(u64::try_from(ahead).unwrap_or(0)),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const START: i64 = 1_795_000_000_000_000;

    fn at(micros: i64) -> Timestamp {
        Timestamp::from_micros(START + micros)
    }

    #[test]
    fn a_burst_is_allowed_at_once_and_the_next_after_its_share_of_the_period() {
        let quota = Quota::per_minute(3);
        let mut arrival = None;
        for remaining in [2, 1, 0] {
            let (verdict, next) = quota.judge(arrival, at(0));
            assert!(verdict.is_allowed());
            assert_eq!(verdict.remaining, remaining);
            arrival = Some(next);
        }
        let (verdict, kept) = quota.judge(arrival, at(0));
        assert!(!verdict.is_allowed());
        assert_eq!(verdict.retry_after(), Duration::from_secs(20));
        assert_eq!(verdict.reset_after, Duration::from_mins(1));
        assert_eq!(Some(kept), arrival, "what is refused costs nothing");
        assert!(!quota.judge(arrival, at(19_999_999)).0.is_allowed());
        assert!(quota.judge(arrival, at(20_000_000)).0.is_allowed());
    }

    #[test]
    fn a_clock_that_is_ahead_shuts_nobody_out_for_longer_than_one_share() {
        let quota = Quota::per_minute(3);
        let (verdict, _) = quota.judge(Some(at(3_600_000_000)), at(0));
        assert_eq!(verdict.retry_after(), Duration::from_secs(20));
    }

    proptest! {
        /// In any stretch of time no more is allowed than a burst and what the stretch gives back.
        #[test]
        fn no_stretch_of_time_holds_more_than_its_share(
            burst in 1_u32..20, seconds in 1_u64..120, gaps in prop::collection::vec(0_i64..9_000_000, 1..120),
        ) {
            let quota = Quota::new(burst, Duration::from_secs(seconds));
            let (mut now, mut arrival, mut taken) = (0, None, Vec::new());
            for gap in gaps {
                now += gap;
                let (verdict, next) = quota.judge(arrival, at(now));
                arrival = Some(next);
                if verdict.is_allowed() {
                    taken.push(now);
                } else {
                    let later = now + i64::try_from(verdict.retry_after().as_micros()).unwrap();
                    prop_assert!(quota.judge(arrival, at(later)).0.is_allowed());
                    prop_assert!(!quota.judge(arrival, at(later - 1)).0.is_allowed());
                }
            }
            for (place, from) in taken.iter().enumerate() {
                for (count, to) in taken[place..].iter().enumerate() {
                    let most = i64::from(burst) + (to - from) / quota.interval();
                    prop_assert!(i64::try_from(count).unwrap() < most);
                }
            }
        }
    }
}
