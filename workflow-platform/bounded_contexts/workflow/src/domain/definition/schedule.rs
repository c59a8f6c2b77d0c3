//! When a trigger is due.

use std::{str::FromStr as _, time::Duration};

use chrono_tz::Tz;
use croner::Cron;
use shared_kernel::domain::Timestamp;

use super::{Timing, Trigger, parse_duration};

/// Shortest interval.
const SHORTEST: Duration = Duration::from_secs(1);

/// A trigger's times cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadSchedule {
    #[error("not a cron expression: {0}")]
    Cron(String),
    #[error("not an IANA time zone")]
    Timezone,
    #[error("not a duration of a second or more")]
    Interval,
}

/// The due times of a trigger.
#[derive(Debug, Clone)]
pub enum Schedule {
    Cron {
        cron: Box<Cron>,
        timezone: Tz,
    },
    Interval(Duration),
    At(Timestamp),
    /// It is started from outside.
    Never,
}

impl Schedule {
    /// A cron expression in a time zone.
    pub fn new(cron: &str, timezone: &str) -> Result<Self, BadSchedule> {
        let cron = Cron::from_str(cron).map_err(|error| BadSchedule::Cron(error.to_string()))?;
        let timezone = timezone.parse().map_err(|_| BadSchedule::Timezone)?;
        Ok(Self::Cron { cron: Box::new(cron), timezone })
    }

    pub fn of(trigger: &Trigger) -> Result<Self, BadSchedule> {
        Self::at_times(&trigger.timing)
    }

    pub fn at_times(timing: &Timing) -> Result<Self, BadSchedule> {
        match timing {
            Timing::Cron { cron, timezone } => Self::new(cron, timezone),
            Timing::Interval { interval } => parse_duration(interval)
                .ok()
                .filter(|every| *every >= SHORTEST)
                .map(Self::Interval)
                .ok_or(BadSchedule::Interval),
            Timing::At { at } => Ok(Self::At(*at)),
            Timing::Webhook { .. } => Ok(Self::Never),
        }
    }

    /// The first due time after `after`; `None` when there is none any more. An hour that the
    /// clocks skip is passed over to the next that exists, one that they repeat counts once.
    pub fn next_after(&self, after: Timestamp) -> Option<Timestamp> {
        match self {
            Self::Cron { cron, timezone } => {
                let local = after.to_chrono().with_timezone(timezone);
                let next = cron.find_next_occurrence(&local, false).ok()?;
                Some(Timestamp::from(next.with_timezone(&chrono::Utc)))
            }
            Self::Interval(every) => {
                let every = i64::try_from(every.as_micros()).ok()?;
                let passed = after.micros().div_euclid(every);
                Some(Timestamp::from_micros(passed.checked_add(1)?.checked_mul(every)?))
            }
            Self::At(at) => Some(*at).filter(|at| *at > after),
            Self::Never => None,
        }
    }

    /// The next `count` due times.
    pub fn upcoming(&self, after: Timestamp, count: usize) -> Vec<Timestamp> {
        std::iter::successors(self.next_after(after), |last| self.next_after(*last))
            .take(count)
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse::<chrono::DateTime<chrono::Utc>>().unwrap().into()
    }

    #[test]
    fn eight_in_shanghai_is_midnight_in_utc() {
        let schedule = Schedule::new("0 8 * * *", "Asia/Shanghai").unwrap();
        assert_eq!(
            schedule.next_after(at("2026-11-23T12:00:00Z")),
            Some(at("2026-11-24T00:00:00Z"))
        );
    }

    #[test]
    fn a_skipped_hour_moves_and_a_repeated_one_counts_once() {
        let schedule = Schedule::new("30 2 * * *", "Europe/Berlin").unwrap();
        let spring = schedule.upcoming(at("2026-03-28T12:00:00Z"), 2);
        assert_eq!(spring[1], at("2026-03-30T00:30:00Z"), "{spring:?}");
        let autumn = schedule.upcoming(at("2026-10-24T12:00:00Z"), 2);
        assert_eq!(autumn.len(), 2);
        assert!(autumn[1].since(autumn[0]) >= std::time::Duration::from_hours(23), "{autumn:?}");
    }

    #[test]
    fn an_interval_keeps_to_its_grid_and_a_date_comes_once() {
        let every = |text: &str| Schedule::at_times(&Timing::Interval { interval: text.into() });
        let quarter = every("15m").unwrap();
        let next = quarter.upcoming(at("2026-11-23T12:07:00Z"), 2);
        assert_eq!(next, [at("2026-11-23T12:15:00Z"), at("2026-11-23T12:30:00Z")]);
        assert_eq!(quarter.next_after(next[0]), Some(next[1]));
        assert_eq!(every("10ms").unwrap_err(), BadSchedule::Interval);
        let once = Schedule::at_times(&Timing::At { at: next[0] }).unwrap();
        assert_eq!(once.upcoming(at("2026-11-23T12:00:00Z"), 5), [next[0]]);
        assert_eq!(once.next_after(next[0]), None);
    }

    #[test]
    fn what_is_no_schedule_is_said() {
        assert!(matches!(Schedule::new("99 * * * *", "UTC"), Err(BadSchedule::Cron(_))));
        assert_eq!(Schedule::new("* * * * *", "Mars/Base").unwrap_err(), BadSchedule::Timezone);
    }
}
