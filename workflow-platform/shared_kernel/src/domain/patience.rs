//! How long somebody who was wrong waits before the next try.

use std::time::Duration;

use super::Timestamp;

/// After `free` tries each further one is followed by a pause: `first`, then twice as long each
/// time, up to `most`. Tries are forgotten when none came for `memory`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    pub free: u32,
    pub first: Duration,
    pub most: Duration,
    pub memory: Duration,
}

/// What is kept of somebody's tries.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tries {
    pub count: u32,
    /// No try counts before.
    pub until: Timestamp,
}

impl Patience {
    /// The pause after so many tries.
    pub fn pause(self, tries: u32) -> Duration {
        let Some(over) = tries.checked_sub(self.free + 1) else { return Duration::ZERO };
        let grown = 2_u32.checked_pow(over).and_then(|factor| self.first.checked_mul(factor));
        grown.map_or(self.most, |pause| pause.min(self.most))
    }

    /// How long a try must still wait.
    pub fn wait(self, tries: Tries, now: Timestamp) -> Option<Duration> {
        // A pause longer than the longest was written by a faster clock.
        let wait = tries.until.since(now).min(self.most);
        (!wait.is_zero()).then_some(wait)
    }

    /// With one more try, which may now go on.
    pub fn counted(self, tries: Tries, now: Timestamp) -> Tries {
        let count = tries.count.saturating_add(1);
        let pause = self.pause(count);
        // Clocks of processes differ, and so do two looks at one: a free try must not stand in the way
        // of one that was taken a little earlier by its clock.
        let until = if pause.is_zero() { Timestamp::default() } else { now.plus(pause) };
        Tries { count, until }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATIENCE: Patience = Patience {
        free: 5,
        first: Duration::from_secs(1),
        most: Duration::from_mins(15),
        memory: Duration::from_hours(24),
    };

    #[test]
    fn pauses_begin_after_the_free_tries_double_and_end_growing() {
        let pauses: Vec<_> = (5..=9).map(|tries| PATIENCE.pause(tries).as_secs()).collect();
        assert_eq!(pauses, [0, 1, 2, 4, 8]);
        for many in [16, 37, 38, 70, u32::MAX] {
            assert_eq!(PATIENCE.pause(many), PATIENCE.most, "{many}");
        }
    }

    #[test]
    fn a_try_goes_on_when_its_pause_is_over() {
        let now = Timestamp::from_millis(1_000_000);
        let tries = PATIENCE.counted(Tries { count: 6, until: Timestamp::default() }, now);
        assert_eq!(PATIENCE.wait(tries, now), Some(Duration::from_secs(2)));
        assert_eq!(PATIENCE.wait(tries, now.plus(Duration::from_secs(2))), None);
    }

    #[test]
    fn free_tries_of_clocks_that_differ_do_not_wait_for_each_other() {
        let now = Timestamp::from_millis(1_000_000);
        let mut tries = Tries::default();
        for _ in 0..PATIENCE.free {
            tries = PATIENCE.counted(tries, now);
            assert_eq!(PATIENCE.wait(tries, now.minus(Duration::from_millis(7))), None);
        }
        tries = PATIENCE.counted(tries, now);
        assert_eq!(PATIENCE.wait(tries, now), Some(PATIENCE.first));
    }

    #[test]
    fn a_clock_that_is_ahead_makes_nobody_wait_longer_than_the_longest_pause() {
        let now = Timestamp::from_millis(1_000_000);
        let tries = Tries { count: 9, until: now.plus(Duration::from_hours(9)) };
        assert_eq!(PATIENCE.wait(tries, now), Some(PATIENCE.most));
    }
}
