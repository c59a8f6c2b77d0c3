//! Many events in one transaction, where nothing speaks against it.

use std::collections::HashSet;

use futures::FutureExt as _;
use sea_orm::{ConnectionTrait as _, DbErr, Value};
use shared_kernel::{
    application::{EventHandler, HandlerError},
    domain::DomainEvent,
    infrastructure::db::UnitOfWork,
};
use tracing::debug;
use uuid::Uuid;

use super::{
    Relay,
    lists::{among_pairs, pairs},
    outbox::Leased,
};

/// Events of one transaction. More would hold the locks of their handlers for too long.
const MOST: usize = 250;

/// Why events cannot be handled together; each is then handled by itself.
#[derive(Debug, thiserror::Error)]
enum TogetherError {
    #[error(transparent)]
    Database(#[from] DbErr),
    #[error(transparent)]
    Handler(#[from] HandlerError),
    #[error("some are no longer ours")]
    Lost,
}

impl Relay {
    /// Handles the aggregates whose events are new and only want to be written, many in one
    /// transaction; gives back the others, and those among which anything failed. All of the
    /// transaction happens or nothing, so whoever handles them next starts from the beginning.
    pub(super) async fn deliver_together(&self, groups: Vec<Vec<Leased>>) -> Vec<Vec<Leased>> {
        let (plain, mut left) = self.plain(groups).await;
        for chunk in chunks(plain) {
            if chunk.iter().map(Vec::len).sum::<usize>() < 2 {
                left.extend(chunk);
                continue;
            }
            let events: Vec<&Leased> = chunk.iter().flatten().collect();
            let writing = std::panic::AssertUnwindSafe(self.write_all(&events)).catch_unwind();
            // A fraction of what a lease has beyond the time of one event.
            let limit = self.settings.event_limit / 6;
            match tokio::time::timeout(limit, writing).await {
                Ok(Ok(Ok(()))) => {
                    let count = u64::try_from(events.len()).unwrap_or(u64::MAX);
                    metrics::counter!("events_delivered_total").increment(count);
                }
                failed => {
                    debug!(?failed, "{} events are handled one by one", events.len());
                    left.extend(chunk);
                }
            }
        }
        left
    }

    /// Those that no effect concerns and that were not tried before, and the others.
    async fn plain(&self, groups: Vec<Vec<Leased>>) -> (Vec<Vec<Leased>>, Vec<Vec<Leased>>) {
        let first = |leased: &Leased| leased.attempts == 1;
        let events: Vec<DomainEvent> =
            groups.iter().flatten().map(|leased| leased.event.clone()).collect();
        let effects = self.handlers.concerning_effects(&events).await;
        groups.into_iter().partition(|group| {
            let mut events = group.iter();
            events.all(|leased| first(leased) && !effects.contains(&leased.event.id))
        })
    }

    async fn write_all(&self, events: &[&Leased]) -> Result<(), TogetherError> {
        let mut work = self.database.begin().await?;
        for handler in self.handlers.writes() {
            self.write_some(handler.as_ref(), events, &mut work).await?;
        }
        // The signs keep SQLite from going through all that waits instead of looking these up.
        let ours = pairs(events.iter().map(|leased| (leased.position, leased.until.micros())));
        let sql = format!(
            "UPDATE outbox SET delivered_at = $2, last_error = NULL \
             WHERE (position, due_at) IN {} AND +delivered_at IS NULL AND +parked_at IS NULL",
            among_pairs(self.database.backend())
        );
        let settle = self.database.statement(sql, [ours, self.ambient.now().into()]);
        let settled = work.conn().execute_raw(settle).await?.rows_affected();
        if usize::try_from(settled) != Ok(events.len()) {
            return Err(TogetherError::Lost);
        }
        Ok(work.commit().await?)
    }

    /// What one handler wants of them, in order.
    async fn write_some(
        &self,
        handler: &dyn EventHandler,
        events: &[&Leased],
        work: &mut UnitOfWork,
    ) -> Result<(), TogetherError> {
        let wanted = events.iter().map(|leased| &leased.event);
        let wanted: Vec<_> = wanted.filter(|event| handler.wants(&event.kind)).collect();
        if wanted.is_empty() {
            return Ok(());
        }
        let fresh = self.remember_all(work, &wanted, handler.name()).await?;
        for event in wanted.into_iter().filter(|event| fresh.contains(&event.id.uuid())) {
            handler.handle(event, work).await?;
        }
        Ok(())
    }

    /// Gives those that were not handled before.
    async fn remember_all(
        &self,
        work: &UnitOfWork,
        events: &[&DomainEvent],
        handler: &str,
    ) -> Result<HashSet<Uuid>, DbErr> {
        let mut values: Vec<Value> = vec![handler.into(), self.ambient.now().into()];
        let mut rows = Vec::new();
        for event in events {
            values.push(event.id.into());
            rows.push(format!("(${}, $1, $2)", values.len()));
        }
        let sql = format!(
            "INSERT INTO inbox (event_id, handler, handled_at) VALUES {} \
             ON CONFLICT (event_id, handler) DO NOTHING RETURNING event_id",
            rows.join(", ")
        );
        let new = work.conn().query_all_raw(self.database.statement(sql, values)).await?;
        new.iter().map(|row| row.try_get_by_index(0)).collect()
    }
}

/// Whole aggregates, as many as make up one transaction.
fn chunks(groups: Vec<Vec<Leased>>) -> Vec<Vec<Vec<Leased>>> {
    let mut chunks: Vec<Vec<Vec<Leased>>> = Vec::new();
    let mut events = MOST;
    for group in groups {
        if events + group.len() > MOST {
            chunks.push(Vec::new());
            events = 0;
        }
        events += group.len();
        if let Some(chunk) = chunks.last_mut() {
            chunk.push(group);
        }
    }
    chunks
}
