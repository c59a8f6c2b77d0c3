//! How long what is in hand may be thought to be ours.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use tokio::time::Instant;

/// Good for a while from when it was last renewed. Who was frozen for longer than that, or has not
/// reached Redis, must take it that others have claimed the work.
#[derive(Debug)]
pub(super) struct Hold {
    since: Instant,
    /// Milliseconds after `since`.
    renewed: AtomicU64,
    good_for: Duration,
}

impl Hold {
    pub fn of(good_for: Duration) -> Self {
        Self { since: Instant::now(), renewed: AtomicU64::new(0), good_for }
    }

    /// Nobody else can claim what a lease of the outbox gives to this process alone.
    pub fn for_good() -> Self {
        Self::of(Duration::MAX)
    }

    pub fn renew(&self, asked_at: Instant) {
        let since = asked_at.duration_since(self.since).as_millis();
        self.renewed.store(u64::try_from(since).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    pub fn lasts(&self) -> bool {
        self.lasts_at(Instant::now())
    }

    fn lasts_at(&self, now: Instant) -> bool {
        let renewed = Duration::from_millis(self.renewed.load(Ordering::Relaxed));
        now.duration_since(self.since).saturating_sub(renewed) < self.good_for
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_ends_unless_it_is_renewed() {
        let hold = Hold::of(Duration::from_secs(4));
        let after = |seconds| hold.since + Duration::from_secs(seconds);
        assert!(hold.lasts_at(after(3)) && !hold.lasts_at(after(4)));
        hold.renew(after(3));
        assert!(hold.lasts_at(after(6)) && !hold.lasts_at(after(7)));
        assert!(Hold::for_good().lasts_at(after(1_000_000)));
    }
}
