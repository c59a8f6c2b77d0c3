//! The relay: takes events from the outbox and sees that each is handled.
//!
//! A batch is leased by moving its events' `due_at` into the future, so that an event whose
//! process died is simply due again. Events of different aggregates are handled side by side.

mod deliver;
mod outbox;
mod prune;
mod settings;

use std::{collections::HashMap, time::Duration};

use futures::{StreamExt as _, stream};
use sea_orm::DbErr;
use shared_kernel::{domain::Ambient, infrastructure::db::Database};
use tokio_util::sync::CancellationToken;
use tracing::{debug, error};

use crate::Handlers;
use outbox::{Batch, Leased};
pub use settings::RelaySettings;

/// The outbox cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum RelayError {
    #[error("outbox cannot be read or written")]
    Database(#[from] DbErr),
}

/// Delivers events until told to stop. One runs per process, in any number of processes. Cheap to
/// clone: clones are the same relay.
#[derive(Clone)]
pub struct Relay {
    database: Database,
    ambient: Ambient,
    handlers: Handlers,
    settings: RelaySettings,
}

impl Relay {
    pub fn new(
        database: Database,
        ambient: Ambient,
        handlers: Handlers,
        settings: RelaySettings,
    ) -> Self {
        Self { database, ambient, handlers, settings }
    }

    /// Wakes when this process commits an event, and looks now and then for those of others and
    /// for events whose next attempt is due. After `stop` it ends what it has in hand.
    pub async fn run(&self, stop: CancellationToken) {
        let mut changes = self.database.outbox_changes();
        let mut pruned_at = None;
        while !stop.is_cancelled() {
            changes.mark_unchanged();
            self.prune_when_due(&mut pruned_at).await;
            if self.round(&stop).await {
                continue;
            }
            tokio::select! {
                () = stop.cancelled() => {}
                // An error says that the database is gone, and with it this process.
                _ = changes.changed() => {}
                () = tokio::time::sleep(self.settings.poll_every) => {}
            }
        }
    }

    /// Tells whether there may be more to do at once.
    async fn round(&self, stop: &CancellationToken) -> bool {
        match self.batch().await {
            Ok(done) => done > 0,
            Err(failure) => {
                error!(error = &failure as &dyn std::error::Error, "events cannot be delivered");
                tokio::select! {
                    () = stop.cancelled() => {}
                    () = tokio::time::sleep(Duration::from_secs(1)) => {}
                }
                false
            }
        }
    }

    /// Handles everything that is due now, and what comes of it; gives the number of events taken
    /// in hand. Events that wait for a later attempt stay.
    pub async fn drain(&self) -> Result<usize, RelayError> {
        let mut total = 0;
        loop {
            match self.batch().await? {
                0 => return Ok(total),
                done => total += done,
            }
        }
    }

    /// Leases and handles one batch; gives how many events moved.
    async fn batch(&self) -> Result<usize, RelayError> {
        let Batch { taken, leased } = self.lease().await?;
        if taken > 0 {
            debug!(events = taken, "delivering {taken} events");
        }
        let groups = by_aggregate(leased);
        let mut running =
            stream::iter(groups.into_iter().map(|group| self.deliver_in_order(group)))
                .buffer_unordered(self.settings.parallel);
        while let Some(outcome) = running.next().await {
            outcome?;
        }
        Ok(taken)
    }
}

/// Events of one aggregate together, in order.
fn by_aggregate(leased: Vec<Leased>) -> Vec<Vec<Leased>> {
    let mut places = HashMap::new();
    let mut groups: Vec<Vec<Leased>> = Vec::new();
    for leased in leased {
        let key = (leased.event.aggregate.clone(), leased.event.aggregate_id.clone());
        let place = *places.entry(key).or_insert_with(|| {
            groups.push(Vec::new());
            groups.len() - 1
        });
        groups[place].push(leased);
    }
    groups
}
