//! What an operator may set, and how long a failing event waits.

use std::time::Duration;

/// How the relay works.
#[derive(Debug, Clone)]
pub struct RelaySettings {
    /// Events taken at once.
    pub batch: u32,
    /// Events sent over a stream at once.
    pub publish_batch: u32,
    /// Parcels in the stream beyond which none are added.
    pub most_parcels: usize,
    /// Readers of the stream in each process.
    pub consumers: usize,
    /// Parcels that a reader takes at once.
    pub take: usize,
    /// A reader that has been silent so long is dead; others take what it had in hand.
    pub claim_after: Duration,
    /// Aggregates handled side by side.
    pub parallel: usize,
    /// How long a batch is ours. What is not done by then is anybody's.
    pub lease: Duration,
    /// One event may take this long, with all its handlers; less than the lease.
    pub event_limit: Duration,
    /// After so many failures an event is parked.
    pub attempts: u32,
    /// Wait after the first failure; doubles with each further one.
    pub first_wait: Duration,
    pub longest_wait: Duration,
    /// After this time an event that only newer processes know is theirs to take again.
    pub left_for: Duration,
    /// How often to look for events nobody told us of: so soon after there were some, and half as
    /// often each time that there are none, down to `poll_every`.
    pub poll_soon: Duration,
    pub poll_every: Duration,
    /// Delivered events are kept this long.
    pub keep: Duration,
    pub prune_every: Duration,
    /// Events removed at once.
    pub prune_batch: u32,
}

impl Default for RelaySettings {
    fn default() -> Self {
        Self {
            batch: 100,
            publish_batch: 2000,
            most_parcels: 2000,
            consumers: 2,
            take: 200,
            claim_after: Duration::from_secs(2),
            parallel: 16,
            lease: Duration::from_mins(1),
            event_limit: Duration::from_secs(30),
            attempts: 10,
            first_wait: Duration::from_secs(2),
            longest_wait: Duration::from_mins(10),
            left_for: Duration::from_secs(10),
            poll_soon: Duration::from_millis(10),
            poll_every: Duration::from_secs(1),
            keep: Duration::from_hours(7 * 24),
            prune_every: Duration::from_mins(5),
            prune_batch: 1000,
        }
    }
}

impl RelaySettings {
    /// The wait after the `failures`-th failure (from 1).
    pub(super) fn wait(&self, failures: u32) -> Duration {
        let doubled = 2u32.saturating_pow(failures.saturating_sub(1));
        self.first_wait.saturating_mul(doubled).min(self.longest_wait)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_doubles_up_to_its_limit() {
        let settings = RelaySettings::default();
        let waits: Vec<u64> = (1..=5).map(|failures| settings.wait(failures).as_secs()).collect();
        assert_eq!(waits, [2, 4, 8, 16, 32]);
        assert_eq!(settings.wait(u32::MAX), settings.longest_wait);
    }
}
