//! The life of a proxy: `unknown → healthy ⇄ degraded → quarantined → half-open → …`.
//!
//! Only transport failures make a proxy worse. A quarantined proxy rests for a cool-down that
//! doubles with every strike, then exactly one request (the half-open probe) finds out whether
//! it came back.

use std::time::Duration;

use shared_kernel::{application::FetchOutcome, domain::Timestamp};

/// When a proxy is put aside and for how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HealthPolicy {
    /// Transport failures in a row that put a proxy into quarantine; the first one degrades.
    pub quarantine_after: u32,
    /// Cool-down of the first strike; each further strike doubles it.
    pub first_cool_down: Duration,
    pub longest_cool_down: Duration,
    /// A probe whose answer is still missing after this is given up and another one is allowed.
    pub probe_timeout: Duration,
}

impl Default for HealthPolicy {
    fn default() -> Self {
        Self {
            quarantine_after: 3,
            first_cool_down: Duration::from_secs(30),
            longest_cool_down: Duration::from_mins(30),
            probe_timeout: Duration::from_mins(1),
        }
    }
}

impl HealthPolicy {
    /// `first * 2^(strikes - 1)`, at most the longest.
    fn cool_down(&self, strikes: u32) -> Duration {
        let doublings = strikes.saturating_sub(1).min(31);
        self.first_cool_down.saturating_mul(1 << doublings).min(self.longest_cool_down)
    }
}

/// What an outcome says about the proxy that carried the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The page came.
    Worked,
    /// The connection through the proxy failed.
    Failed,
    /// An answer came that is the site's doing (throttled, challenge, gone, …): it changes
    /// nothing but answers a probe.
    SiteSpoke,
    /// Nothing was sent.
    NotUsed,
}

impl From<FetchOutcome> for Verdict {
    fn from(outcome: FetchOutcome) -> Self {
        match outcome {
            FetchOutcome::Ok => Self::Worked,
            FetchOutcome::Transport => Self::Failed,
            FetchOutcome::Throttled
            | FetchOutcome::Challenge
            | FetchOutcome::LoginWall
            | FetchOutcome::Gone
            | FetchOutcome::ParseDrift => Self::SiteSpoke,
            FetchOutcome::RobotsDenied => Self::NotUsed,
        }
    }
}

/// State of one proxy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Health {
    /// Never used.
    Unknown,
    Healthy,
    /// Still in use after `failures` transport failures in a row.
    Degraded {
        failures: u32,
    },
    /// Rests until `until`; this is its `strikes`-th quarantine in a row.
    Quarantined {
        until: Timestamp,
        strikes: u32,
    },
    /// One probe is under way; it counts as lost at `probe_until`.
    HalfOpen {
        probe_until: Timestamp,
        strikes: u32,
    },
}

impl Health {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Healthy => "healthy",
            Self::Degraded { .. } => "degraded",
            Self::Quarantined { .. } => "quarantined",
            Self::HalfOpen { .. } => "half_open",
        }
    }

    /// Whether a request may go through the proxy now, as a probe or as usual.
    pub fn is_usable(self, now: Timestamp) -> bool {
        match self {
            Self::Unknown | Self::Healthy | Self::Degraded { .. } => true,
            Self::Quarantined { until, .. } => until <= now,
            Self::HalfOpen { probe_until, .. } => probe_until <= now,
        }
    }

    /// A request is handed to the proxy. Call only when [`Health::is_usable`].
    #[must_use]
    pub fn leased(self, now: Timestamp, policy: &HealthPolicy) -> Self {
        match self {
            Self::Quarantined { strikes, .. } | Self::HalfOpen { strikes, .. } => {
                Self::HalfOpen { probe_until: now.plus(policy.probe_timeout), strikes }
            }
            other => other,
        }
    }

    /// A request through the proxy ended. What comes late, when the proxy is already in
    /// quarantine, neither frees it nor lengthens its rest.
    #[must_use]
    pub fn after(self, verdict: Verdict, now: Timestamp, policy: &HealthPolicy) -> Self {
        match (self, verdict) {
            (Self::Quarantined { .. }, _) => self,
            (Self::HalfOpen { .. }, Verdict::Worked | Verdict::SiteSpoke) => Self::Healthy,
            (Self::HalfOpen { strikes, .. }, Verdict::Failed) => {
                Self::quarantine(strikes.saturating_add(1), now, policy)
            }
            (Self::HalfOpen { strikes, .. }, Verdict::NotUsed) => {
                Self::Quarantined { until: now, strikes }
            }
            (_, Verdict::SiteSpoke | Verdict::NotUsed) => self,
            (_, Verdict::Worked) => Self::Healthy,
            (Self::Unknown | Self::Healthy, Verdict::Failed) => Self::failed(1, now, policy),
            (Self::Degraded { failures }, Verdict::Failed) => {
                Self::failed(failures.saturating_add(1), now, policy)
            }
        }
    }

    /// Somebody asked on purpose whether the proxy works: success brings it back at once,
    /// failure counts like any other and repeats the strike of one at rest.
    #[must_use]
    pub fn tested(self, worked: bool, now: Timestamp, policy: &HealthPolicy) -> Self {
        match (self, worked) {
            (_, true) => Self::Healthy,
            (Self::Quarantined { until, strikes }, false) if until <= now => {
                Self::quarantine(strikes.saturating_add(1), now, policy)
            }
            (_, false) => self.after(Verdict::Failed, now, policy),
        }
    }

    fn failed(failures: u32, now: Timestamp, policy: &HealthPolicy) -> Self {
        if failures >= policy.quarantine_after {
            Self::quarantine(1, now, policy)
        } else {
            Self::Degraded { failures }
        }
    }

    fn quarantine(strikes: u32, now: Timestamp, policy: &HealthPolicy) -> Self {
        Self::Quarantined { until: now.plus(policy.cool_down(strikes)), strikes }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const POLICY: HealthPolicy = HealthPolicy {
        quarantine_after: 3,
        first_cool_down: Duration::from_secs(30),
        longest_cool_down: Duration::from_secs(100),
        probe_timeout: Duration::from_mins(1),
    };

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_micros(seconds * 1_000_000)
    }

    fn fail(health: Health, now: Timestamp) -> Health {
        health.after(Verdict::Failed, now, &POLICY)
    }

    #[test]
    fn three_failures_in_a_row_quarantine_and_a_success_between_forgives() {
        let degraded = fail(fail(Health::Unknown, at(0)), at(0));
        assert_eq!(degraded, Health::Degraded { failures: 2 });
        assert_eq!(degraded.after(Verdict::Worked, at(0), &POLICY), Health::Healthy);
        assert_eq!(fail(degraded, at(5)), Health::Quarantined { until: at(35), strikes: 1 });
    }

    #[test]
    fn every_failed_probe_doubles_the_rest_up_to_the_longest() {
        let mut health = Health::Quarantined { until: at(30), strikes: 1 };
        for (now, until) in [(30, 90), (90, 190), (190, 290)] {
            let probing = health.leased(at(now), &POLICY);
            assert!(matches!(probing, Health::HalfOpen { .. }));
            health = fail(probing, at(now));
            assert!(matches!(health, Health::Quarantined { until: end, .. } if end == at(until)));
        }
    }

    #[test]
    fn while_a_probe_is_out_nobody_else_gets_the_proxy_until_it_is_lost() {
        let rested = Health::Quarantined { until: at(30), strikes: 1 };
        assert!(!rested.is_usable(at(29)));
        assert!(rested.is_usable(at(30)));
        let probing = rested.leased(at(30), &POLICY);
        assert!(!probing.is_usable(at(89)));
        assert!(probing.is_usable(at(90)));
    }

    #[test]
    fn what_the_site_says_touches_no_health_but_answers_a_probe() {
        for outcome in [
            FetchOutcome::Throttled,
            FetchOutcome::Challenge,
            FetchOutcome::LoginWall,
            FetchOutcome::Gone,
            FetchOutcome::ParseDrift,
            FetchOutcome::RobotsDenied,
        ] {
            for health in [Health::Unknown, Health::Healthy, Health::Degraded { failures: 2 }] {
                assert_eq!(health.after(outcome.into(), at(1), &POLICY), health);
            }
        }
        let probing = Health::HalfOpen { probe_until: at(60), strikes: 2 };
        assert_eq!(probing.after(Verdict::SiteSpoke, at(1), &POLICY), Health::Healthy);
        let unused = probing.after(Verdict::NotUsed, at(1), &POLICY);
        assert_eq!(unused, Health::Quarantined { until: at(1), strikes: 2 });
    }

    #[test]
    fn late_news_does_not_change_a_quarantine() {
        let resting = Health::Quarantined { until: at(30), strikes: 1 };
        for verdict in [Verdict::Worked, Verdict::Failed, Verdict::SiteSpoke, Verdict::NotUsed] {
            assert_eq!(resting.after(verdict, at(10), &POLICY), resting);
        }
    }

    #[test]
    fn a_test_that_works_brings_a_proxy_back_at_once() {
        let resting = Health::Quarantined { until: at(30), strikes: 4 };
        assert_eq!(resting.tested(true, at(1), &POLICY), Health::Healthy);
        assert_eq!(resting.tested(false, at(1), &POLICY), resting);
    }

    fn verdicts() -> impl Strategy<Value = Vec<(Verdict, u32)>> {
        let verdict = prop_oneof![
            Just(Verdict::Worked),
            Just(Verdict::Failed),
            Just(Verdict::SiteSpoke),
            Just(Verdict::NotUsed),
        ];
        prop::collection::vec((verdict, 0u32..120), 0..60)
    }

    proptest! {
        #[test]
        fn only_enough_failures_in_a_row_quarantine_and_rest_is_bounded(history in verdicts()) {
            let (mut health, mut now, mut failures) = (Health::Unknown, at(0), 0u32);
            for (verdict, seconds) in history {
                now = now.plus(Duration::from_secs(seconds.into()));
                if !health.is_usable(now) {
                    continue;
                }
                let leased = health.leased(now, &POLICY);
                let was_probe = matches!(leased, Health::HalfOpen { .. });
                health = leased.after(verdict, now, &POLICY);
                failures = match verdict {
                    Verdict::Failed => failures + 1,
                    Verdict::Worked => 0,
                    _ => failures,
                };
                if let Health::Quarantined { until, .. } = health {
                    prop_assert!(was_probe || failures >= POLICY.quarantine_after);
                    prop_assert!(until.since(now) <= POLICY.longest_cool_down);
                }
                if verdict == Verdict::Worked {
                    prop_assert_eq!(health, Health::Healthy);
                }
            }
        }
    }
}
