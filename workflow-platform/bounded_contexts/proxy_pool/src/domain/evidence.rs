//! What was seen of something that works or fails, the newest counting most.

use std::time::Duration;

use shared_kernel::domain::Timestamp;

/// After so long, what was seen counts half.
pub const HALF_LIFE: Duration = Duration::from_mins(30);
/// Requests that the prior is worth.
pub const PRIOR_WEIGHT: f64 = 4.0;

/// Successes and failures with exponential decay: a sum seen `t` ago counts `2^(-t / half-life)`.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Evidence {
    good: f64,
    bad: f64,
    at: Timestamp,
}

impl Evidence {
    /// As it stood at `at`; what is no number counts as nothing.
    pub fn new(good: f64, bad: f64, at: Timestamp) -> Self {
        let sane = |count: f64| if count.is_finite() { count.max(0.0) } else { 0.0 };
        Self { good: sane(good), bad: sane(bad), at }
    }

    /// As it counts now. Time that runs backwards changes nothing.
    #[must_use]
    pub fn at(self, now: Timestamp) -> Self {
        let elapsed = now.since(self.at);
        if elapsed.is_zero() {
            return Self { at: self.at.max(now), ..self };
        }
        let left = (-elapsed.as_secs_f64() / HALF_LIFE.as_secs_f64()).exp2();
        Self { good: self.good * left, bad: self.bad * left, at: now }
    }

    pub fn worked(&mut self, now: Timestamp) {
        *self = self.at(now);
        self.good += 1.0;
    }

    pub fn failed(&mut self, now: Timestamp) {
        *self = self.at(now);
        self.bad += 1.0;
    }

    /// A success turned out to be none.
    pub fn take_back_good(&mut self, now: Timestamp) {
        *self = self.at(now);
        self.good = (self.good - 1.0).max(0.0);
    }

    /// A failure turned out to be somebody else's.
    pub fn take_back_bad(&mut self, now: Timestamp) {
        *self = self.at(now);
        self.bad = (self.bad - 1.0).max(0.0);
    }

    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        let now = self.at.max(other.at);
        let (one, two) = (self.at(now), other.at(now));
        Self { good: one.good + two.good, bad: one.bad + two.bad, at: now }
    }

    pub const fn good(self) -> f64 {
        self.good
    }

    pub const fn bad(self) -> f64 {
        self.bad
    }

    pub const fn moment(self) -> Timestamp {
        self.at
    }

    /// Share of successes, starting from one in two.
    pub fn mean(self) -> f64 {
        (self.good + 1.0) / (self.good + self.bad + 2.0)
    }

    /// α and β of what is believed now, starting from a prior share of successes.
    pub fn belief(self, prior: f64, now: Timestamp) -> (f64, f64) {
        let seen = self.at(now);
        let prior = prior.clamp(0.01, 0.99);
        (PRIOR_WEIGHT * prior + seen.good, PRIOR_WEIGHT * (1.0 - prior) + seen.bad)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn after_its_half_life_evidence_counts_half() {
        let mut seen = Evidence::default();
        let start = Timestamp::from_micros(1);
        for _ in 0..4 {
            seen.worked(start);
        }
        seen.failed(start);
        let later = seen.at(start.plus(HALF_LIFE));
        assert!((later.good() - 2.0).abs() < 1e-9 && (later.bad() - 0.5).abs() < 1e-9);
        assert_eq!(seen.at(Timestamp::default()).good().to_bits(), seen.good().to_bits());
    }

    #[test]
    fn belief_begins_at_the_prior_and_follows_what_is_seen() {
        let now = Timestamp::from_micros(1);
        let mut seen = Evidence::default();
        let mean = |seen: Evidence| {
            let (alpha, beta) = seen.belief(0.8, now);
            alpha / (alpha + beta)
        };
        assert!((mean(seen) - 0.8).abs() < 1e-9);
        for _ in 0..100 {
            seen.failed(now);
        }
        assert!(mean(seen) < 0.05);
    }
}
