//! When a cron trigger is due.

use std::str::FromStr as _;

use chrono_tz::Tz;
use croner::Cron;
use shared_kernel::domain::Timestamp;

use super::CronTrigger;

/// A trigger's expression or time zone cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadSchedule {
    #[error("not a cron expression: {0}")]
    Cron(String),
    #[error("not an IANA time zone")]
    Timezone,
}

/// A cron expression in a time zone.
#[derive(Debug, Clone)]
pub struct Schedule {
    cron: Cron,
    timezone: Tz,
}

impl Schedule {
    pub fn new(cron: &str, timezone: &str) -> Result<Self, BadSchedule> {
        let cron = Cron::from_str(cron).map_err(|error| BadSchedule::Cron(error.to_string()))?;
        let timezone = timezone.parse().map_err(|_| BadSchedule::Timezone)?;
        Ok(Self { cron, timezone })
    }

    pub fn of(trigger: &CronTrigger) -> Result<Self, BadSchedule> {
        Self::new(&trigger.cron, &trigger.timezone)
    }

    /// The first due time after `after`; `None` when there is none any more. An hour that the
    /// clocks skip is passed over to the next that exists, one that they repeat counts once.
    pub fn next_after(&self, after: Timestamp) -> Option<Timestamp> {
        let local = after.to_chrono().with_timezone(&self.timezone);
        let next = self.cron.find_next_occurrence(&local, false).ok()?;
        Some(Timestamp::from(next.with_timezone(&chrono::Utc)))
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
    fn what_is_no_schedule_is_said() {
        assert!(matches!(Schedule::new("99 * * * *", "UTC"), Err(BadSchedule::Cron(_))));
        assert_eq!(Schedule::new("* * * * *", "Mars/Base").unwrap_err(), BadSchedule::Timezone);
    }
}
