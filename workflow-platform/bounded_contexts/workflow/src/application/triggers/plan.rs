//! Which of the ticks that fell due are to run. Pure.

use std::time::Duration;

use shared_kernel::domain::Timestamp;

use super::Outcome;
use crate::domain::definition::{Misfire, Schedule};

/// A tick handled within this time was not missed.
const ON_TIME: Duration = Duration::from_mins(1);
/// Ticks that get a row of their own in one go.
const ROWS: usize = 200;

/// What is to become of a tick.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PlannedTick {
    pub due_at: Timestamp,
    /// `Ran` and `Late` start an execution, the others do not.
    pub outcome: Outcome,
    pub detail: Option<String>,
}

/// What follows from a trigger that is due.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Plan {
    pub ticks: Vec<PlannedTick>,
    /// When the trigger is due next; not later than now when there was too much for one go.
    pub next: Option<Timestamp>,
}

/// `due_at` is the first tick that was not handled. It is not after `now`. Due times less than
/// `least` after the one before them are passed over.
pub(super) fn plan(
    schedule: &Schedule,
    least: Duration,
    misfire: Misfire,
    due_at: Timestamp,
    now: Timestamp,
) -> Plan {
    let mut due: Vec<Timestamp> =
        std::iter::successors(Some(due_at), |at| schedule.next_apart(*at, least))
            .take_while(|at| *at <= now)
            .take(ROWS)
            .collect();
    let after = due.last().and_then(|last| schedule.next_apart(*last, least));
    let more = after.is_some_and(|at| at <= now);
    if misfire == Misfire::All {
        let ticks = due.iter().map(|at| run(*at, now)).collect();
        return Plan { ticks, next: after };
    }
    let unlisted = if more { due.last().copied() } else { None };
    let newest = if more { newest(schedule, now) } else { due.pop() };
    let mut ticks: Vec<_> = due.iter().map(|at| missed(*at, misfire)).collect();
    if let (Some(_), Some(tick)) = (unlisted, ticks.last_mut()) {
        tick.detail = Some("and those after it".to_owned());
    }
    ticks.extend(newest.map(|at| match misfire {
        Misfire::Skip if now.since(at) > ON_TIME => missed(at, misfire),
        _ => run(at, now),
    }));
    let next = match ticks.last() {
        Some(tick) if tick.due_at.plus(least) > now => schedule.next_apart(tick.due_at, least),
        _ => schedule.next_after(now),
    };
    Plan { ticks, next }
}

fn run(due_at: Timestamp, now: Timestamp) -> PlannedTick {
    let late = now.since(due_at);
    if late <= ON_TIME {
        return PlannedTick { due_at, outcome: Outcome::Ran, detail: None };
    }
    let detail = Some(format!("{} s late", late.as_secs()));
    PlannedTick { due_at, outcome: Outcome::Late, detail }
}

fn missed(due_at: Timestamp, misfire: Misfire) -> PlannedTick {
    let (outcome, detail) = match misfire {
        Misfire::Once => (Outcome::Coalesced, "missed; a later one runs for it"),
        Misfire::Skip | Misfire::All => (Outcome::Skipped, "missed"),
    };
    PlannedTick { due_at, outcome, detail: Some(detail.to_owned()) }
}

/// The last tick up to `now`, looked for in growing windows.
fn newest(schedule: &Schedule, now: Timestamp) -> Option<Timestamp> {
    let mut window = Duration::from_secs(1);
    for _ in 0..40 {
        let first = schedule.next_after(now.minus(window)).filter(|at| *at <= now);
        if first.is_some() {
            let ticks = std::iter::successors(first, |at| schedule.next_after(*at));
            return ticks.take_while(|at| *at <= now).last();
        }
        window *= 2;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn hourly() -> Schedule {
        Schedule::new("0 * * * *", "UTC").unwrap()
    }

    fn outcomes(misfire: Misfire, now: &str) -> Vec<Outcome> {
        let due_at = at("2026-11-23T01:00:00Z");
        let plan = plan(&hourly(), Duration::ZERO, misfire, due_at, at(now));
        assert!(plan.next > Some(at(now)));
        plan.ticks.iter().map(|tick| tick.outcome).collect()
    }

    #[test]
    fn a_tick_on_time_runs_whatever_the_misfire_rule() {
        for misfire in [Misfire::Skip, Misfire::Once, Misfire::All] {
            assert_eq!(outcomes(misfire, "2026-11-23T01:00:02Z"), [Outcome::Ran]);
        }
    }

    #[test]
    fn missed_ticks_are_skipped_run_once_or_all_run() {
        use Outcome::{Coalesced, Late, Skipped};
        let now = "2026-11-23T03:30:00Z";
        assert_eq!(outcomes(Misfire::Skip, now), [Skipped; 3]);
        assert_eq!(outcomes(Misfire::Once, now), [Coalesced, Coalesced, Late]);
        assert_eq!(outcomes(Misfire::All, now), [Late; 3]);
    }

    #[test]
    fn a_year_of_missed_seconds_is_a_bounded_number_of_rows() {
        let secondly = Schedule::new("* * * * * *", "UTC").unwrap();
        let now = at("2026-11-23T00:00:00Z");
        let due_at = at("2025-11-23T00:00:00Z");
        let plan = plan(&secondly, Duration::ZERO, Misfire::Once, due_at, now);
        assert_eq!(plan.ticks.len(), ROWS + 1);
        let last = plan.ticks.last().unwrap();
        assert_eq!((last.due_at, last.outcome), (now, Outcome::Ran));
    }

    #[test]
    fn runs_are_as_far_apart_as_they_must_be() {
        let minutely = Schedule::new("* * * * *", "UTC").unwrap();
        let (least, first) = (Duration::from_mins(5), at("2026-11-23T12:00:00Z"));
        for misfire in [Misfire::Skip, Misfire::Once, Misfire::All] {
            let on_time = plan(&minutely, least, misfire, first, first);
            assert_eq!(on_time.ticks.len(), 1, "{misfire:?}");
            assert_eq!(on_time.next, Some(at("2026-11-23T12:05:00Z")), "{misfire:?}");
        }
        let late = plan(&minutely, least, Misfire::All, first, at("2026-11-23T12:12:00Z"));
        let due: Vec<_> = late.ticks.iter().map(|tick| tick.due_at.seconds() / 60 % 60).collect();
        assert_eq!((due, late.next), (vec![0, 5, 10], Some(at("2026-11-23T12:15:00Z"))));
    }
}
