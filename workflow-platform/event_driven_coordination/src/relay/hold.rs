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
        let renewed = Duration::from_millis(self.renewed.load(Ordering::Relaxed));
        self.since.elapsed().saturating_sub(renewed) < self.good_for
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn it_ends_unless_it_is_renewed() {
        let hold = Hold::of(Duration::from_secs(4));
        tokio::time::advance(Duration::from_secs(3)).await;
        assert!(hold.lasts());
        hold.renew(Instant::now());
        tokio::time::advance(Duration::from_secs(3)).await;
        assert!(hold.lasts());
        tokio::time::advance(Duration::from_secs(1)).await;
        assert!(!hold.lasts());
        assert!(Hold::for_good().lasts());
    }
}
