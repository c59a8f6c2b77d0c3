//! The relay: takes events from the outbox and sees that each is handled.
//!
//! A batch is leased by moving its events' `due_at` into the future, so that an event whose
//! process died is simply due again. Events of different aggregates are handled side by side.
//! With Redis what is leased is sent to all processes over a stream.

mod consume;
mod deliver;
mod forgotten;
mod hold;
mod lists;
mod observe;
mod outbox;
mod prune;
mod publish;
mod settings;
mod together;
mod unwanted;
mod walk;

use std::{collections::HashMap, sync::Arc, time::Duration};

use futures::{StreamExt as _, stream};
use sea_orm::{ConnectionTrait as _, DbErr};
use shared_kernel::{
    domain::{Ambient, EventCatalog},
    infrastructure::{
        db::Database,
        redis_streams::{RedisStream, RedisStreams},
    },
};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use tracing::{debug, error};
use uuid::Uuid;

use crate::Handlers;
use hold::Hold;
pub use observe::{Standing, register_metrics};
use outbox::Leased;
use publish::Publisher;
pub use settings::RelaySettings;

/// What a turn at the outbox found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Found {
    Nothing,
    /// All that was due: what is written meanwhile wakes us, and so does what is free again.
    All,
    /// There may be more to do at once.
    More,
}

impl Found {
    /// Events that were handled here: later ones of their aggregates may be due by now.
    const fn here(moved: usize) -> Self {
        if moved > 0 { Self::More } else { Self::Nothing }
    }
}

/// The outbox cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum RelayError {
    #[error("outbox cannot be read or written")]
    Database(#[from] DbErr),
    #[error("a parcel cannot be written")]
    Parcel(#[from] serde_json::Error),
}

/// Delivers events until told to stop. One runs per process, in any number of processes. Cheap to
/// clone: clones are the same relay.
#[derive(Clone)]
pub struct Relay {
    database: Database,
    ambient: Ambient,
    handlers: Handlers,
    /// How older forms of events become today's.
    catalog: Arc<EventCatalog>,
    settings: RelaySettings,
    /// Between the processes, when there is such a thing.
    streams: Option<RedisStreams>,
    /// Told when this process is done with events: later ones of their aggregates may be due.
    freed: Arc<Notify>,
}

impl Relay {
    pub fn new(
        database: Database,
        ambient: Ambient,
        handlers: Handlers,
        settings: RelaySettings,
    ) -> Self {
        let catalog = Arc::default();
        let freed = Arc::default();
        Self { database, ambient, handlers, catalog, settings, streams: None, freed }
    }

    /// The same, with events of these kinds given today's form before they are handled; newer
    /// forms are left to the processes that know them.
    #[must_use]
    pub fn knowing(self, catalog: Arc<EventCatalog>) -> Self {
        Self { catalog, ..self }
    }

    /// The same, with events handed to all processes over Redis.
    #[must_use]
    pub fn over(self, streams: Option<RedisStreams>) -> Self {
        Self { streams, ..self }
    }

    /// Wakes when this process commits an event that somebody wants or is done with some, and looks now and then for
    /// those of others and for events whose next attempt is due. After `stop` it ends what it has in hand.
    pub async fn run(&self, stop: CancellationToken) {
        let stream = self.stream(&stop).await;
        let consumers = stream.iter().flat_map(|stream| {
            (0..self.settings.consumers).map(|n| self.consume(stream, n, &stop))
        });
        let consumers = futures::future::join_all(consumers);
        futures::join!(self.watch_outbox(stream.clone().map(Publisher::new), &stop), consumers);
    }

    async fn watch_outbox(&self, mut publisher: Option<Publisher>, stop: &CancellationToken) {
        let handlers = self.handlers.clone();
        let mut changes = self.database.outbox_changes(move |kind| handlers.want(kind));
        let (mut pruned_at, mut observed_at) = (None, None);
        let (soon, every) = (self.settings.poll_soon, self.settings.poll_every);
        let mut rest = soon;
        while !stop.is_cancelled() {
            changes.mark_unchanged();
            self.prune_when_due(&mut pruned_at).await;
            self.observe_when_due(&mut observed_at).await;
            match self.round(publisher.as_mut(), stop).await {
                Found::More => {
                    rest = soon;
                    continue;
                }
                Found::All => rest = soon,
                Found::Nothing => {}
            }
            tokio::select! {
                () = stop.cancelled() => {}
                // An error says that the database is gone, and with it this process.
                _ = changes.changed() => {}
                () = self.freed.notified() => {}
                () = tokio::time::sleep(rest.min(every)) => rest = (rest * 2).min(every),
            }
        }
    }

    /// The stream of this database, once the database can be asked for its name.
    async fn stream(&self, stop: &CancellationToken) -> Option<RedisStream> {
        let streams = self.streams.as_ref()?;
        while !stop.is_cancelled() {
            match self.identity().await {
                Ok(name) => return Some(streams.stream(&name.simple().to_string())),
                Err(failure) => rest_after(&failure.into(), stop).await,
            }
        }
        None
    }

    /// Tells databases apart that share a Redis.
    async fn identity(&self) -> Result<Uuid, DbErr> {
        let statement = self.database.statement("SELECT id FROM outbox_identity", []);
        let row = self.database.read().query_one_raw(statement).await?;
        let row = row.ok_or_else(|| DbErr::RecordNotFound("the outbox has no identity".into()))?;
        row.try_get("", "id")
    }

    async fn round(&self, publisher: Option<&mut Publisher>, stop: &CancellationToken) -> Found {
        let found = match publisher {
            Some(publisher) => self.pass_on(publisher, stop).await,
            None => self.batch().await.map(|(_, found)| found),
        };
        match found {
            Ok(found) => found,
            Err(failure) => {
                rest_after(&failure, stop).await;
                Found::Nothing
            }
        }
    }

    /// Handles everything that is due now, and what comes of it; gives the number of events taken
    /// in hand. Events that wait for a later attempt stay.
    pub async fn drain(&self) -> Result<usize, RelayError> {
        let mut total = 0;
        loop {
            match self.batch().await? {
                (0, _) => return Ok(total),
                (done, _) => total += done,
            }
        }
    }

    /// Leases and handles one batch; gives how many events moved.
    async fn batch(&self) -> Result<(usize, Found), RelayError> {
        let most = self.settings.batch;
        let batch = self.lease(most).await?;
        let (taken, found) = (batch.taken, batch.passed_on(most));
        if batch.leased.is_empty() && !batch.suspect {
            return Ok((taken, found));
        }
        debug!(events = taken, "delivering {taken} events");
        self.deliver_groups(by_aggregate(batch.leased), &Hold::for_good()).await?;
        Ok((taken, Found::here(taken)))
    }

    /// Handles the events of each aggregate in order, those of different ones side by side.
    async fn deliver_groups(&self, groups: Vec<Vec<Leased>>, hold: &Hold) -> Result<(), DbErr> {
        let left = self.deliver_together(groups).await;
        let running = left.into_iter().map(|group| self.deliver_in_order(group, hold));
        let mut running = stream::iter(running).buffer_unordered(self.settings.parallel);
        while let Some(outcome) = running.next().await {
            outcome?;
        }
        Ok(())
    }
}

async fn rest_after(failure: &RelayError, stop: &CancellationToken) {
    error!(error = failure as &dyn std::error::Error, "events cannot be delivered");
    tokio::select! {
        () = stop.cancelled() => {}
        () = tokio::time::sleep(Duration::from_secs(1)) => {}
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
