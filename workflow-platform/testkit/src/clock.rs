//! A clock that stands until it is moved.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use parking_lot::Mutex;
use rand::{Rng as _, SeedableRng as _, rngs::StdRng};
use shared_kernel::domain::{Ambient, Clock, Entropy, Timestamp};

/// Where every test's clock starts: 2026-11-18 11:06:40 UTC.
const START: i64 = 1_795_000_000_000_000;

/// Time as tests want it.
#[derive(Debug)]
pub struct MovableClock(AtomicI64);

impl Default for MovableClock {
    fn default() -> Self {
        Self(AtomicI64::new(START))
    }
}

impl MovableClock {
    pub fn advance(&self, by: Duration) {
        let micros = i64::try_from(by.as_micros()).unwrap_or(i64::MAX);
        self.0.fetch_add(micros, Ordering::SeqCst);
    }

    pub fn set(&self, at: Timestamp) {
        self.0.store(at.micros(), Ordering::SeqCst);
    }
}

impl Clock for MovableClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.0.load(Ordering::SeqCst))
    }
}

/// Randomness that is the same on every run.
#[derive(Debug)]
pub struct SeededEntropy(Mutex<StdRng>);

impl SeededEntropy {
    pub fn new(seed: u64) -> Self {
        Self(Mutex::new(StdRng::seed_from_u64(seed)))
    }
}

impl Entropy for SeededEntropy {
    fn fill(&self, bytes: &mut [u8]) {
        self.0.lock().fill_bytes(bytes);
    }
}

/// A clock to move, and an ambient of it with seeded randomness.
pub fn ambient() -> (Ambient, Arc<MovableClock>) {
    let clock = Arc::new(MovableClock::default());
    let ambient =
        Ambient::new(Arc::clone(&clock) as Arc<dyn Clock>, Arc::new(SeededEntropy::new(1)));
    (ambient, clock)
}
