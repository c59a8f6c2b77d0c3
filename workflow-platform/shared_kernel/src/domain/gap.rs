//! How far apart the times of a schedule are.

use std::time::Duration;

use super::Timestamp;

/// Times that are looked at, and how far ahead: enough for every hour of a day, and every month.
const TIMES: usize = 128;
const AHEAD: Duration = Duration::from_hours(24 * 400);

/// The shortest time between two that follow each other, among the next; `None` where there are
/// not two. What a schedule does later is for whoever runs it to see.
pub fn shortest_gap(
    from: Timestamp,
    next_after: impl Fn(Timestamp) -> Option<Timestamp>,
) -> Option<Duration> {
    let until = from.plus(AHEAD);
    let times = std::iter::successors(next_after(from), |last| next_after(*last));
    let times: Vec<_> = times.take(TIMES).take_while(|at| *at <= until).collect();
    times.windows(2).map(|pair| pair[1].since(pair[0])).min()
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn at(seconds: i64) -> Timestamp {
        Timestamp::from_micros(seconds * 1_000_000)
    }

    #[test]
    fn the_shortest_counts_wherever_it_comes() {
        let times = [10, 20, 25, 40];
        let next = |after: Timestamp| times.iter().map(|s| at(*s)).find(|time| *time > after);
        assert_eq!(shortest_gap(at(0), next), Some(Duration::from_secs(5)));
        assert_eq!(shortest_gap(at(24), next), Some(Duration::from_secs(15)));
        assert_eq!(shortest_gap(at(25), next), None);
    }

    #[test]
    fn it_ends_with_schedules_that_do_not() {
        let next = |after: Timestamp| Some(after.plus(Duration::from_secs(1)));
        assert_eq!(shortest_gap(at(0), next), Some(Duration::from_secs(1)));
        let yearly = |after: Timestamp| Some(after.plus(Duration::from_hours(24 * 365)));
        assert_eq!(shortest_gap(at(0), yearly), None);
    }
}
