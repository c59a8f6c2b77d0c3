//! When a trigger is due.

use std::{str::FromStr as _, time::Duration};

use chrono_tz::Tz;
use croner::Cron;
use shared_kernel::domain::{Timestamp, shortest_gap};

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
            Timing::Webhook { .. } | Timing::Event { .. } | Timing::Dataset { .. } => {
                Ok(Self::Never)
            }
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

    /// The first due time that is at least so long after `last`, which was one.
    pub fn next_apart(&self, last: Timestamp, least: Duration) -> Option<Timestamp> {
        let early = least.saturating_sub(Duration::from_micros(1));
        self.next_after(last.plus(early))
    }

    /// The next `count` due times, at least so long apart.
    pub fn upcoming(&self, after: Timestamp, least: Duration, count: usize) -> Vec<Timestamp> {
        self.times(after, least).take(count).collect()
    }

    /// All due times after a time, at least so long apart.
    pub fn times(&self, after: Timestamp, least: Duration) -> impl Iterator<Item = Timestamp> + '_ {
        std::iter::successors(self.next_after(after), move |last| self.next_apart(*last, least))
    }

    /// The shortest time from one due time to the next; `None` of what does not come twice.
    pub fn shortest_gap(&self, from: Timestamp) -> Option<Duration> {
        shortest_gap(from, |after| self.next_after(after))
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
        let spring = schedule.upcoming(at("2026-03-28T12:00:00Z"), Duration::ZERO, 2);
        assert_eq!(spring[1], at("2026-03-30T00:30:00Z"), "{spring:?}");
        let autumn = schedule.upcoming(at("2026-10-24T12:00:00Z"), Duration::ZERO, 2);
        assert_eq!(autumn.len(), 2);
        assert!(autumn[1].since(autumn[0]) >= std::time::Duration::from_hours(23), "{autumn:?}");
    }

    /// The instants of a year at which a clock on the wall shows this, minute by minute; on a day
    /// that skips the time, the first instant after the gap; of two on one day the first.
    fn on_the_wall(zone: Tz, from: Timestamp, hour: u32, minute: u32) -> Vec<Timestamp> {
        let mut found: Vec<(chrono::NaiveDate, Timestamp)> = Vec::new();
        let mut before = from.minus(Duration::from_mins(1)).to_chrono().with_timezone(&zone);
        for passed in 0..366 * 24 * 60 {
            let at = from.plus(Duration::from_mins(passed));
            let local = at.to_chrono().with_timezone(&zone);
            let wanted = local.date_naive().and_hms_opt(hour, minute, 0).unwrap();
            let skipped = before.naive_local() < wanted && local.naive_local() > wanted;
            let shows = local.naive_local() == wanted;
            let new = found.last().is_none_or(|(day, _)| *day != local.date_naive());
            if new && (shows || skipped) {
                found.push((local.date_naive(), at));
            }
            before = local;
        }
        found.into_iter().map(|(_, at)| at).collect()
    }

    #[rstest::rstest]
    #[case("America/New_York", 2, 30)]
    #[case("Europe/Berlin", 2, 30)]
    #[case("Australia/Lord_Howe", 2, 15)]
    #[case("Africa/Casablanca", 2, 30)]
    #[case("America/Santiago", 0, 20)]
    #[case("Asia/Shanghai", 8, 0)]
    fn a_year_of_days_is_what_the_clock_on_the_wall_shows(
        #[case] zone: &str,
        #[case] hour: u32,
        #[case] minute: u32,
    ) {
        let from = at("2027-06-15T12:00:00Z");
        let schedule = Schedule::new(&format!("{minute} {hour} * * *"), zone).unwrap();
        let expected = on_the_wall(zone.parse().unwrap(), from, hour, minute);
        assert!(expected.len() >= 365);
        let found = schedule.upcoming(from, Duration::ZERO, expected.len());
        let first_wrong = found.iter().zip(&expected).find(|(found, expected)| found != expected);
        assert_eq!((found.len(), first_wrong), (expected.len(), None), "{zone}");
    }

    #[test]
    fn hours_are_even_while_clocks_are_moved() {
        for zone in ["America/New_York", "Europe/Berlin", "Australia/Lord_Howe"] {
            let schedule = Schedule::new("0 * * * *", zone).unwrap();
            let ticks = schedule.upcoming(at("2027-06-15T12:10:00Z"), Duration::ZERO, 24 * 366);
            assert!(ticks.is_sorted_by(|a, b| a < b), "{zone}");
            let minutes = |pair: &[Timestamp]| pair[1].since(pair[0]).as_secs() / 60;
            let odd: Vec<_> = ticks.windows(2).map(minutes).filter(|m| *m != 60).collect();
            assert!(odd.len() <= 2, "{zone}: {odd:?}");
        }
    }

    #[test]
    fn the_leap_day_comes_when_it_does_and_the_impossible_never() {
        let leap = Schedule::new("0 12 29 2 *", "Europe/Berlin").unwrap();
        let next = leap.upcoming(at("2026-11-23T00:00:00Z"), Duration::ZERO, 2);
        assert_eq!(next, [at("2028-02-29T11:00:00Z"), at("2032-02-29T11:00:00Z")]);
        let never = Schedule::new("0 0 31 2 *", "UTC").unwrap();
        assert_eq!(never.next_after(at("2026-11-23T00:00:00Z")), None);
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_a_schedule_or_an_error(text in r"[ 0-9*/,LW#?a-zA-Z-]{0,40}", zone: String) {
            if let Ok(schedule) = Schedule::new(&text, "Asia/Shanghai") {
                let ticks = schedule.upcoming(at("2026-11-23T00:00:00Z"), Duration::ZERO, 3);
                proptest::prop_assert!(ticks.is_sorted_by(|a, b| a < b));
            }
            let _ = Schedule::new(&text, &zone);
        }
    }

    #[test]
    fn an_interval_keeps_to_its_grid_and_a_date_comes_once() {
        let every = |text: &str| Schedule::at_times(&Timing::Interval { interval: text.into() });
        let quarter = every("15m").unwrap();
        let next = quarter.upcoming(at("2026-11-23T12:07:00Z"), Duration::ZERO, 2);
        assert_eq!(next, [at("2026-11-23T12:15:00Z"), at("2026-11-23T12:30:00Z")]);
        assert_eq!(quarter.next_after(next[0]), Some(next[1]));
        assert_eq!(every("10ms").unwrap_err(), BadSchedule::Interval);
        let once = Schedule::at_times(&Timing::At { at: next[0] }).unwrap();
        assert_eq!(once.upcoming(at("2026-11-23T12:00:00Z"), Duration::ZERO, 5), [next[0]]);
        assert_eq!(once.next_after(next[0]), None);
    }

    #[test]
    fn what_is_no_schedule_is_said() {
        assert!(matches!(Schedule::new("99 * * * *", "UTC"), Err(BadSchedule::Cron(_))));
        assert_eq!(Schedule::new("* * * * *", "Mars/Base").unwrap_err(), BadSchedule::Timezone);
    }

    fn gap(cron: &str) -> Option<u64> {
        let schedule = Schedule::new(cron, "Europe/Berlin").unwrap();
        schedule.shortest_gap(at("2026-11-23T12:34:56Z")).map(|gap| gap.as_secs())
    }

    #[rstest::rstest]
    #[case("*/5 * * * *", Some(300))]
    #[case("*/7 * * * *", Some(240))]
    #[case("0,59 * * * *", Some(60))]
    #[case("0 */7 * * *", Some(10_800))]
    #[case("*/10 * * * * *", Some(10))]
    #[case("0 */5 * * * *", Some(300))]
    #[case("0,30 0 8 * * *", Some(30))]
    #[case("58 23 * * *", Some(23 * 3600))]
    #[case("0,58 0,23 * * *", Some(120))]
    #[case("0 0 1,31 1,12 *", Some(86_400))]
    #[case("0 12 29 2 *", None)]
    fn the_shortest_gap_is_found_wherever_it_lies(
        #[case] cron: &str,
        #[case] seconds: Option<u64>,
    ) {
        assert_eq!(gap(cron), seconds, "{cron}");
    }

    #[test]
    fn due_times_that_come_too_soon_are_passed_over() {
        let minutely = Schedule::new("* * * * *", "UTC").unwrap();
        let next = minutely.upcoming(at("2026-11-23T12:00:30Z"), Duration::from_mins(5), 3);
        let expected =
            ["12:01", "12:06", "12:11"].map(|time| at(&format!("2026-11-23T{time}:00Z")));
        assert_eq!(next, expected);
        let hourly = Schedule::new("0 * * * *", "UTC").unwrap();
        let first = at("2026-11-23T12:00:00Z");
        assert_eq!(hourly.next_apart(first, Duration::from_hours(1)), hourly.next_after(first));
    }
}
