//! Turns at hosts that all processes share.
//!
//! A process lines its own requests up first ([`super::gate`]), so that it asks here for no more
//! than it could use. A place is held under a lease: that of a process that died is free again
//! when its time is over.

mod redis;
mod sql;

pub use redis::RedisTurns;
pub use sql::{SqlTurns, TurnsTable};

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;

/// Within so long before its time a turn is given out already.
const AHEAD: Duration = Duration::from_millis(250);
/// After so long without trouble a host's record is clean.
const FORGIVEN_AFTER: Duration = Duration::from_mins(10);
/// Longest pause that a host gets.
pub(super) const LONGEST_PAUSE: Duration = Duration::from_hours(1);

/// How a host is to be treated.
#[derive(Debug, Clone, Copy)]
pub struct Ask {
    /// Requests at once.
    pub parallel: usize,
    /// From the start of one request to the start of the next.
    pub interval: Duration,
    /// When the place is free again though nobody gave it back.
    pub lease: Duration,
}

/// What came of asking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// A place, to be used after `wait` and given back under its number.
    Turn { wait: Duration, number: i64 },
    /// None is free; it is worth asking again after `wait`.
    Later { wait: Duration },
    /// The host has a pause.
    Paused { wait: Duration },
}

/// The shared record is out of reach.
#[derive(Debug, thiserror::Error)]
#[error("turns of hosts cannot be read")]
pub struct TurnsError(#[source] pub Box<dyn std::error::Error + Send + Sync>);

/// Turns at hosts, counted once for all processes.
#[async_trait]
pub trait SharedTurns: Send + Sync {
    async fn take(&self, host: &str, ask: &Ask) -> Result<Taken, TurnsError>;

    async fn give_back(&self, host: &str, number: i64) -> Result<(), TurnsError>;

    /// The host is in trouble: it gets a pause of `asked`, or of `first` doubled with each time
    /// that it was in trouble lately. Answers the pause.
    async fn strike(
        &self,
        host: &str,
        first: Duration,
        asked: Option<Duration>,
    ) -> Result<Duration, TurnsError>;
}

/// A place at a host, given back when dropped.
pub(super) struct Place {
    pub turns: Arc<dyn SharedTurns>,
    pub host: String,
    pub number: i64,
}

impl Drop for Place {
    fn drop(&mut self) {
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        let (turns, host, number) =
            (Arc::clone(&self.turns), std::mem::take(&mut self.host), self.number);
        runtime.spawn(async move {
            if let Err(error) = turns.give_back(&host, number).await {
                tracing::debug!(%error, "a place at {host} is left to its lease");
            }
        });
    }
}

fn micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}

fn after(micros: i64) -> Duration {
    Duration::from_micros(u64::try_from(micros).unwrap_or(0))
}
