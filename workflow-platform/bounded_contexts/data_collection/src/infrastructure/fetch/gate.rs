//! Each host's turn: so many requests at once, so far apart, and a pause when it asks for one.

use std::{sync::Arc, time::Duration};

use moka::sync::Cache;
use parking_lot::Mutex;
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::Instant,
};

/// Longest slow-down between two requests to a host that is overloaded.
const SLOWEST: Duration = Duration::from_secs(30);
/// Longest pause that `Retry-After` is heeded for.
const LONGEST_PAUSE: Duration = Duration::from_hours(1);

/// How a host is treated while it does not complain.
#[derive(Debug, Clone, Copy)]
pub struct Manners {
    /// Requests at once.
    pub parallel: usize,
    /// From the start of one request to the start of the next.
    pub interval: Duration,
}

/// The host's pause is longer than the caller may wait.
#[derive(Debug, Clone, Copy)]
pub(super) struct Paused {
    pub for_: Duration,
}

#[derive(Debug)]
struct Pace {
    next_at: Instant,
    /// Added to the interval while the host is overloaded.
    extra: Duration,
    /// What robots.txt asks for.
    delay: Duration,
}

#[derive(Debug)]
pub(super) struct HostGate {
    places: Arc<Semaphore>,
    interval: Duration,
    pace: Mutex<Pace>,
}

/// Gates by `host:port`.
#[derive(Debug)]
pub(super) struct Gates(Cache<String, Arc<HostGate>>);

impl Gates {
    pub fn new() -> Self {
        Self(Cache::builder().max_capacity(50_000).time_to_idle(LONGEST_PAUSE).build())
    }

    pub fn of(&self, host: &str, manners: Manners) -> Arc<HostGate> {
        self.0.get_with_by_ref(host, || Arc::new(HostGate::new(manners)))
    }
}

impl HostGate {
    fn new(manners: Manners) -> Self {
        let pace = Pace { next_at: Instant::now(), extra: Duration::ZERO, delay: Duration::ZERO };
        Self {
            places: Arc::new(Semaphore::new(manners.parallel.max(1))),
            interval: manners.interval,
            pace: Mutex::new(pace),
        }
    }

    /// Waits for a place and for the host's pace, at most `patience` for the latter.
    pub async fn turn(&self, patience: Duration) -> Result<Option<OwnedSemaphorePermit>, Paused> {
        let place = Arc::clone(&self.places).acquire_owned().await.ok();
        let at = self.book(patience)?;
        tokio::time::sleep_until(at).await;
        Ok(place)
    }

    fn book(&self, patience: Duration) -> Result<Instant, Paused> {
        let now = Instant::now();
        let mut pace = self.pace.lock();
        let at = pace.next_at.max(now);
        if at - now > patience {
            return Err(Paused { for_: at - now });
        }
        pace.next_at = at + self.interval.max(pace.delay) + pace.extra;
        Ok(at)
    }

    /// The pause of robots.txt.
    pub fn keep_delay(&self, delay: Duration) {
        self.pace.lock().delay = delay;
    }

    /// The host is well: the slow-down goes by halves.
    pub fn went_well(&self) {
        let mut pace = self.pace.lock();
        if !pace.extra.is_zero() {
            pace.extra = if pace.extra < Duration::from_millis(50) {
                Duration::ZERO
            } else {
                pace.extra / 2
            };
        }
    }

    /// The host is overloaded: it gets the pause it asks for, and more room afterwards.
    pub fn slow_down(&self, retry_after: Option<Duration>) {
        let mut pace = self.pace.lock();
        pace.extra = (pace.extra * 2).clamp(Duration::from_millis(250), SLOWEST);
        let pause = retry_after.unwrap_or(pace.extra).min(LONGEST_PAUSE);
        pace.next_at = pace.next_at.max(Instant::now() + pause);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUICK: Manners = Manners { parallel: 2, interval: Duration::from_millis(100) };

    #[tokio::test(start_paused = true)]
    async fn requests_are_as_far_apart_as_said() {
        let gate = HostGate::new(QUICK);
        let begun = Instant::now();
        for _ in 0..5 {
            gate.turn(Duration::from_mins(1)).await.unwrap();
        }
        assert_eq!(begun.elapsed().as_millis(), 400);
    }

    #[tokio::test(start_paused = true)]
    async fn a_pause_is_kept_and_told_to_the_impatient() {
        let gate = HostGate::new(QUICK);
        gate.slow_down(Some(Duration::from_secs(90)));
        assert!(
            gate.turn(Duration::from_mins(1)).await.unwrap_err().for_ > Duration::from_secs(80)
        );
        let begun = Instant::now();
        gate.turn(Duration::from_secs(100)).await.unwrap();
        assert!(begun.elapsed() >= Duration::from_secs(89));
    }

    #[tokio::test(start_paused = true)]
    async fn no_more_than_the_places_are_taken() {
        let gate = HostGate::new(QUICK);
        let first = gate.turn(Duration::MAX).await.unwrap();
        let _second = gate.turn(Duration::MAX).await.unwrap();
        let third = tokio::time::timeout(Duration::from_secs(5), gate.turn(Duration::MAX)).await;
        assert!(third.is_err());
        drop(first);
        gate.turn(Duration::MAX).await.unwrap();
    }
}
