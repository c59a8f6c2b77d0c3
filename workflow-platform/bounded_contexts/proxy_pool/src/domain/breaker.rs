//! A breaker: closed → open → half-open with exactly one real request → closed or open again.

use std::time::Duration;

use shared_kernel::domain::Timestamp;
use uuid::Uuid;

/// When a breaker opens and for how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BreakerPolicy {
    /// Failures in a row that open it.
    pub opens_after: u32,
    /// The first pause is drawn from up to this; each further one from twice as much.
    pub first_pause: Duration,
    pub longest_pause: Duration,
    pub shortest_pause: Duration,
    /// A probe whose answer is still missing after this is given up and another one is allowed.
    pub probe_timeout: Duration,
}

impl BreakerPolicy {
    /// Exponential back-off with full jitter ("Exponential backoff and jitter", AWS Architecture
    /// Blog, 2015): anything up to `first × 2^(strikes − 1)`, capped. `draw` is in `[0, 1)`.
    fn pause(&self, strikes: u32, draw: f64) -> Duration {
        let doublings = strikes.saturating_sub(1).min(31);
        let most = self.first_pause.saturating_mul(1 << doublings).min(self.longest_pause);
        most.mul_f64(draw.clamp(0.0, 1.0)).max(self.shortest_pause)
    }
}

/// State of one breaker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Breaker {
    /// Lets everything through, after `failures` in a row.
    Closed { failures: u32 },
    /// Lets nothing through until `until`; opened for the `strikes`-th time in a row.
    Open { until: Timestamp, strikes: u32 },
    /// The request of one lease is out to see; it counts as lost at `until`.
    HalfOpen { probe: Uuid, until: Timestamp, strikes: u32 },
}

impl Default for Breaker {
    fn default() -> Self {
        Self::Closed { failures: 0 }
    }
}

impl Breaker {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Closed { .. } => "closed",
            Self::Open { .. } => "open",
            Self::HalfOpen { .. } => "half_open",
        }
    }

    /// When the next request may pass, if not at once.
    pub const fn opens_at(self) -> Option<Timestamp> {
        match self {
            Self::Closed { .. } => None,
            Self::Open { until, .. } | Self::HalfOpen { until, .. } => Some(until),
        }
    }

    pub fn passes(self, now: Timestamp) -> bool {
        self.opens_at().is_none_or(|at| at <= now)
    }

    /// Whether the next request through it is a probe.
    pub const fn probes(self) -> bool {
        !matches!(self, Self::Closed { .. })
    }

    /// A request is sent under this lease. Call only when [`Breaker::passes`].
    #[must_use]
    pub fn sent(self, lease: Uuid, now: Timestamp, policy: &BreakerPolicy) -> Self {
        match self {
            Self::Closed { .. } => self,
            Self::Open { strikes, .. } | Self::HalfOpen { strikes, .. } => {
                Self::HalfOpen { probe: lease, until: now.plus(policy.probe_timeout), strikes }
            }
        }
    }

    /// An answer came. While it is not closed only the probe speaks.
    #[must_use]
    pub fn answered(self, lease: Uuid) -> Self {
        match self {
            Self::Closed { .. } => Self::default(),
            Self::HalfOpen { probe, .. } if probe == lease => Self::default(),
            other => other,
        }
    }

    /// No answer came.
    #[must_use]
    pub fn failed(self, lease: Uuid, now: Timestamp, policy: &BreakerPolicy, draw: f64) -> Self {
        match self {
            Self::Closed { failures } if failures + 1 < policy.opens_after => {
                Self::Closed { failures: failures + 1 }
            }
            _ => self.tripped(lease, now, policy, draw),
        }
    }

    /// One answer that is reason enough.
    #[must_use]
    pub fn tripped(self, lease: Uuid, now: Timestamp, policy: &BreakerPolicy, draw: f64) -> Self {
        let strikes = match self {
            Self::Closed { .. } => 1,
            Self::HalfOpen { probe, strikes, .. } if probe == lease => strikes.saturating_add(1),
            other => return other,
        };
        Self::Open { until: now.plus(policy.pause(strikes, draw)), strikes }
    }

    /// The lease was given back without a request.
    #[must_use]
    pub fn unused(self, lease: Uuid, now: Timestamp) -> Self {
        match self {
            Self::HalfOpen { probe, strikes, .. } if probe == lease => {
                Self::Open { until: now, strikes }
            }
            other => other,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const POLICY: BreakerPolicy = BreakerPolicy {
        opens_after: 3,
        first_pause: Duration::from_secs(20),
        longest_pause: Duration::from_secs(100),
        shortest_pause: Duration::from_secs(1),
        probe_timeout: Duration::from_mins(1),
    };

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_micros(seconds * 1_000_000)
    }

    #[test]
    fn it_opens_after_failures_in_a_row_and_a_success_between_forgives() {
        let lease = Uuid::from_u128(1);
        let fail = |breaker: Breaker| breaker.failed(lease, at(0), &POLICY, 0.5);
        let twice = fail(fail(Breaker::default()));
        assert_eq!(twice, Breaker::Closed { failures: 2 });
        assert_eq!(twice.answered(lease), Breaker::default());
        assert_eq!(fail(twice), Breaker::Open { until: at(10), strikes: 1 });
    }

    #[test]
    fn pauses_double_are_drawn_from_their_whole_length_and_are_capped() {
        for (strikes, draw, seconds) in
            [(1, 1.0, 20), (2, 1.0, 40), (2, 0.5, 20), (9, 1.0, 100), (40, 1.0, 100), (3, 0.0, 1)]
        {
            assert_eq!(POLICY.pause(strikes, draw), Duration::from_secs(seconds));
        }
    }

    #[test]
    fn while_half_open_only_the_probe_speaks() {
        let (probe, late) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let open = Breaker::Open { until: at(5), strikes: 1 };
        let half = open.sent(probe, at(5), &POLICY);
        assert_eq!(half.answered(late), half);
        assert_eq!(half.failed(late, at(6), &POLICY, 0.5), half);
        assert_eq!(half.answered(probe), Breaker::default());
        assert_eq!(
            half.failed(probe, at(6), &POLICY, 1.0),
            Breaker::Open { until: at(46), strikes: 2 }
        );
        assert_eq!(half.unused(probe, at(6)), Breaker::Open { until: at(6), strikes: 1 });
    }

    proptest! {
        /// Requests come, answers come late and in any order, and probes get lost.
        #[test]
        fn exactly_one_probe_is_out_at_a_time(
            steps in prop::collection::vec((0u8..4, 0u64..90, 0.0..1.0f64), 1..200),
        ) {
            let (mut breaker, mut now) = (Breaker::default(), at(0));
            let mut out: Vec<(Uuid, Timestamp, bool)> = Vec::new();
            let mut next = 0u128;
            for (what, seconds, draw) in steps {
                now = now.plus(Duration::from_secs(seconds));
                match what {
                    0 | 1 if breaker.passes(now) => {
                        next += 1;
                        let lease = Uuid::from_u128(next);
                        let probe = breaker.probes();
                        breaker = breaker.sent(lease, now, &POLICY);
                        if probe {
                            let fresh = |sent: Timestamp| sent.plus(POLICY.probe_timeout) > now;
                            let others = out.iter().filter(|(id, sent, probe)| {
                                *probe && fresh(*sent) && *id != lease
                            });
                            prop_assert_eq!(others.count(), 0);
                        }
                        out.push((lease, now, probe));
                    }
                    2 if !out.is_empty() => {
                        let (lease, ..) = out.remove(0);
                        breaker = breaker.answered(lease);
                    }
                    3 if !out.is_empty() => {
                        let (lease, ..) = out.swap_remove(0);
                        breaker = breaker.failed(lease, now, &POLICY, draw);
                    }
                    _ => {}
                }
                if let Some(until) = breaker.opens_at() {
                    prop_assert!(until.since(now) <= POLICY.longest_pause);
                }
            }
        }
    }
}
