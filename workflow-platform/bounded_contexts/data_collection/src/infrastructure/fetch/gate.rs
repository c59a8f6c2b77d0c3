//! Each host's turn in this process: so many requests at once, so far apart, and a pause when it
//! asks for one.

use std::{sync::Arc, time::Duration};

use moka::sync::Cache;
use parking_lot::Mutex;
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::Instant,
};

use super::turns::LONGEST_PAUSE;

/// Longest slow-down between two requests to a host that is overloaded.
const SLOWEST: Duration = Duration::from_secs(30);
/// Turns closer together than a timer can tell apart come at once.
const GRAIN: Duration = Duration::from_millis(1);

/// A host whose next turn is further away counts as paused.
const PAUSED_FROM: Duration = Duration::from_secs(5);

/// How a host is treated while it does not complain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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
    pub manners: Manners,
    pace: Mutex<Pace>,
}

/// How a host is treated at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ease {
    /// At its usual pace.
    Usual,
    /// More slowly, since it was overloaded.
    Slowed,
    /// Nobody may ask it for some seconds.
    Paused,
}

impl Ease {
    pub const ALL: [Self; 3] = [Self::Usual, Self::Slowed, Self::Paused];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Usual => "usual",
            Self::Slowed => "slowed",
            Self::Paused => "paused",
        }
    }
}

/// Gates by `host:port`.
#[derive(Debug)]
pub(super) struct Gates(Cache<String, Arc<HostGate>>);

impl Gates {
    pub fn new() -> Self {
        Self(Cache::builder().max_capacity(50_000).time_to_idle(LONGEST_PAUSE).build())
    }

    /// The host's gate; another one when its manners changed, with the pace of the former.
    pub fn of(&self, host: &str, manners: Manners) -> Arc<HostGate> {
        let gate = self.0.get_with_by_ref(host, || Arc::new(HostGate::new(manners)));
        if gate.manners == manners {
            return gate;
        }
        let gate = Arc::new(gate.with(manners));
        self.0.insert(host.to_owned(), Arc::clone(&gate));
        gate
    }

    /// A pause that another process was asked for, also of a host that nobody asked for here.
    pub fn pause(&self, host: &str, for_: Duration) {
        let unknown = Manners { parallel: 1, interval: Duration::ZERO };
        self.0.get_with_by_ref(host, || Arc::new(HostGate::new(unknown))).pause(for_);
    }

    /// How the hosts stand that somebody went to lately.
    pub fn eases(&self) -> Vec<Ease> {
        self.0.iter().map(|(_, gate)| gate.ease()).collect()
    }

    /// The gate, if somebody went through it lately.
    pub fn known(&self, host: &str) -> Option<Arc<HostGate>> {
        self.0.get(host)
    }
}

impl HostGate {
    fn new(manners: Manners) -> Self {
        let pace = Pace { next_at: Instant::now(), extra: Duration::ZERO, delay: Duration::ZERO };
        Self {
            places: Arc::new(Semaphore::new(manners.parallel.max(1))),
            manners,
            pace: Mutex::new(pace),
        }
    }

    fn with(&self, manners: Manners) -> Self {
        let before = self.pace.lock();
        let gate = Self::new(manners);
        *gate.pace.lock() = Pace { ..*before };
        gate
    }

    /// Waits for a place and for the host's pace, at most `patience` for the latter.
    pub async fn turn(&self, patience: Duration) -> Result<Option<OwnedSemaphorePermit>, Paused> {
        let place = Arc::clone(&self.places).acquire_owned().await.ok();
        let at = self.book(patience)?;
        if at > Instant::now() + GRAIN {
            tokio::time::sleep_until(at).await;
        }
        Ok(place)
    }

    fn book(&self, patience: Duration) -> Result<Instant, Paused> {
        let now = Instant::now();
        let mut pace = self.pace.lock();
        let at = pace.next_at.max(now);
        if at - now > patience {
            return Err(Paused { for_: at - now });
        }
        pace.next_at = at + self.manners.interval.max(pace.delay) + pace.extra;
        Ok(at)
    }

    fn ease(&self) -> Ease {
        let pace = self.pace.lock();
        if pace.next_at > Instant::now() + PAUSED_FROM {
            Ease::Paused
        } else if pace.extra.is_zero() {
            Ease::Usual
        } else {
            Ease::Slowed
        }
    }

    /// The pause of robots.txt.
    pub fn keep_delay(&self, delay: Duration) {
        self.pace.lock().delay = delay;
    }

    /// From one request to the next while the host does not complain.
    pub fn interval(&self) -> Duration {
        self.manners.interval.max(self.pace.lock().delay)
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

    /// The host is overloaded: it gets a pause, and more room afterwards. Answers the pause.
    pub fn slow_down(&self, first: Duration, asked: Option<Duration>) -> Duration {
        let mut pace = self.pace.lock();
        let was = pace.extra;
        pace.extra = (was * 2).clamp(Duration::from_millis(250), SLOWEST);
        let doubled = first * u32::try_from(pace.extra.as_millis() / 250).unwrap_or(1);
        let pause = asked.unwrap_or(doubled).min(LONGEST_PAUSE);
        pace.next_at = pace.next_at.max(Instant::now() + pause);
        pause
    }

    fn pause(&self, for_: Duration) {
        let mut pace = self.pace.lock();
        pace.next_at = pace.next_at.max(Instant::now() + for_.min(LONGEST_PAUSE));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUICK: Manners = Manners { parallel: 2, interval: Duration::from_millis(100) };
    const FIRST: Duration = Duration::from_millis(250);

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
        gate.slow_down(FIRST, Some(Duration::from_secs(90)));
        assert!(
            gate.turn(Duration::from_mins(1)).await.unwrap_err().for_ > Duration::from_secs(80)
        );
        let begun = Instant::now();
        gate.turn(Duration::from_secs(100)).await.unwrap();
        assert!(begun.elapsed() >= Duration::from_secs(89));
    }

    #[tokio::test(start_paused = true)]
    async fn pauses_grow_while_the_trouble_lasts_and_end() {
        let gate = HostGate::new(QUICK);
        let pauses: Vec<_> = (0..3).map(|_| gate.slow_down(FIRST, None).as_millis()).collect();
        assert_eq!(pauses, [250, 500, 1000]);
        for _ in 0..10 {
            gate.slow_down(Duration::from_mins(1), None);
        }
        assert_eq!(gate.slow_down(Duration::from_mins(1), None), LONGEST_PAUSE);
        for _ in 0..20 {
            gate.went_well();
        }
        assert_eq!(gate.slow_down(FIRST, None), FIRST);
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

    #[tokio::test(start_paused = true)]
    async fn a_host_is_paused_then_slowed_then_as_usual() {
        let gates = Gates::new();
        let gate = gates.of("a:80", QUICK);
        assert_eq!(gates.eases(), [Ease::Usual]);
        gate.slow_down(FIRST, Some(Duration::from_mins(1)));
        assert_eq!(gates.eases(), [Ease::Paused]);
        tokio::time::advance(Duration::from_mins(1)).await;
        assert_eq!(gates.eases(), [Ease::Slowed]);
        (0..20).for_each(|_| gate.went_well());
        assert_eq!(gates.eases(), [Ease::Usual]);
    }

    #[tokio::test(start_paused = true)]
    async fn other_manners_keep_the_pause() {
        let gates = Gates::new();
        gates.of("a:80", QUICK).pause(Duration::from_mins(5));
        let other = gates.of("a:80", Manners { parallel: 9, ..QUICK });
        assert!(other.turn(Duration::from_mins(1)).await.is_err());
        assert_eq!(gates.known("a:80").unwrap().manners.parallel, 9);
    }
}
