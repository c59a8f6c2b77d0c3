//! Leased events on their way to all processes, over a Redis stream.
//!
//! An entry of the stream is a *parcel*: the positions of all leased events of one aggregate, in
//! order, and until when the lease lasts. What the events say stays in the database.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use shared_kernel::infrastructure::redis_streams::{RedisStream, StreamError};
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use super::{
    Found, Relay, RelayError, by_aggregate,
    hold::Hold,
    outbox::{Batch, Leased},
};

/// How long events are handled in this process before Redis is tried again.
const ASK_AGAIN_AFTER: Duration = Duration::from_secs(1);
/// Before a full stream is looked at again.
const FULL_PAUSE: Duration = Duration::from_millis(10);

#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Parcel {
    /// Microseconds since the epoch: the `due_at` that the lease wrote.
    pub until: i64,
    pub positions: Vec<i64>,
}

impl Parcel {
    fn of(group: &[Leased]) -> Self {
        Self {
            until: group.first().map_or(0, |first| first.until.micros()),
            positions: group.iter().map(|leased| leased.position).collect(),
        }
    }
}

/// Sends to a stream, while it can be reached.
pub(super) struct Publisher {
    stream: RedisStream,
    away_until: Option<Instant>,
}

impl Publisher {
    pub fn new(stream: RedisStream) -> Self {
        Self { stream, away_until: None }
    }

    fn is_away(&self) -> bool {
        self.away_until.is_some_and(|until| Instant::now() < until)
    }

    fn went(&mut self, error: &StreamError) {
        if self.away_until.is_none() {
            let error = error as &dyn std::error::Error;
            warn!(error, "Redis is away, events are handled where they are found");
        }
        self.away_until = Some(Instant::now() + ASK_AGAIN_AFTER);
    }

    fn came_back(&mut self) {
        if self.away_until.take().is_some() {
            info!("events go over Redis again");
        }
    }
}

impl Relay {
    /// Leases a batch and sends it on. While Redis is away it is handled here, and so are suspects.
    pub(super) async fn pass_on(
        &self,
        publisher: &mut Publisher,
        stop: &CancellationToken,
    ) -> Result<Found, RelayError> {
        if publisher.is_away() || !self.has_room(publisher, stop).await {
            let idle = (0, Found::Nothing);
            return Ok(if stop.is_cancelled() { idle } else { self.batch().await? }.1);
        }
        let most = self.settings.publish_batch;
        let batch = self.lease(most).await?;
        let found = batch.passed_on(most);
        let Batch { taken, leased, suspect, .. } = batch;
        let groups = by_aggregate(leased);
        if suspect {
            self.deliver_groups(groups, &Hold::for_good()).await?;
            return Ok(Found::here(taken));
        }
        if groups.is_empty() {
            return Ok(found);
        }
        let parcels = groups.iter().map(|group| serde_json::to_string(&Parcel::of(group)));
        let parcels = parcels.collect::<Result<Vec<_>, _>>()?;
        match publisher.stream.send(&parcels).await {
            Ok(()) => {
                publisher.came_back();
                metrics::counter!("event_parcels_published_total")
                    .increment(u64::try_from(parcels.len()).unwrap_or(u64::MAX));
            }
            // Some may have arrived: they are stale once the rows are given back.
            Err(error) => {
                publisher.went(&error);
                for leased in groups.iter().flatten() {
                    self.hand_back(leased).await?;
                }
                return Ok(Found::here(taken));
            }
        }
        Ok(found)
    }

    /// Waits until the stream is not full; false when Redis is away, or when it is time to stop.
    async fn has_room(&self, publisher: &mut Publisher, stop: &CancellationToken) -> bool {
        while !stop.is_cancelled() {
            match publisher.stream.length().await {
                Ok(length) if length < self.settings.most_parcels => return true,
                Ok(_) => sleep(FULL_PAUSE).await,
                Err(error) => {
                    publisher.went(&error);
                    return false;
                }
            }
        }
        false
    }
}
