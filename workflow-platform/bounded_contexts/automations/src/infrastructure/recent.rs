//! What happened lately, from the outbox.

use std::sync::Arc;

use async_trait::async_trait;
use sea_orm::{ConnectionTrait as _, QueryResult};
use shared_kernel::{
    domain::{DomainEvent, EventCatalog, Id, Owner, Timestamp, is_public},
    infrastructure::db::Database,
};
use uuid::Uuid;

use crate::application::{RecentEvents, StoreError};

/// The outbox has no index by owner: only its latest rows are looked through.
const LOOKED_THROUGH: i64 = 20_000;
const LATEST: &str = "SELECT * FROM outbox \
     WHERE position > (SELECT COALESCE(MAX(position), 0) FROM outbox) - $2 AND user_id = $1 \
     ORDER BY position DESC LIMIT $3";

/// Both engines.
#[derive(Debug, Clone)]
pub struct SqlRecentEvents {
    database: Database,
    /// Gives older events today's form.
    catalog: Arc<EventCatalog>,
}

impl SqlRecentEvents {
    pub const fn new(database: Database, catalog: Arc<EventCatalog>) -> Self {
        Self { database, catalog }
    }
}

fn event(row: &QueryResult) -> Result<DomainEvent, StoreError> {
    let payload: String = row.try_get("", "payload")?;
    let version: i32 = row.try_get("", "version")?;
    let user: Option<Uuid> = row.try_get("", "user_id")?;
    Ok(DomainEvent {
        id: Id::from(row.try_get::<Uuid>("", "id")?),
        kind: row.try_get("", "kind")?,
        version: u16::try_from(version).unwrap_or(0),
        aggregate: row.try_get("", "aggregate")?,
        aggregate_id: row.try_get("", "aggregate_id")?,
        user: user.map(Id::from),
        payload: serde_json::from_str(&payload)?,
        occurred_at: Timestamp::from_micros(row.try_get("", "occurred_at")?),
        request_id: row.try_get("", "request_id")?,
    })
}

#[async_trait]
impl RecentEvents for SqlRecentEvents {
    async fn latest(&self, owner: Owner, most: u32) -> Result<Vec<DomainEvent>, StoreError> {
        // Some of them are nobody's to see.
        let read = i64::from(most).saturating_mul(2).saturating_add(50);
        let values = [owner.into(), LOOKED_THROUGH.into(), read.into()];
        let rows =
            self.database.read().query_all_raw(self.database.statement(LATEST, values)).await?;
        let mut found = Vec::new();
        for row in &rows {
            let kind: String = row.try_get("", "kind")?;
            if is_public(&kind) && found.len() < usize::try_from(most).unwrap_or(usize::MAX) {
                let mut event = event(row)?;
                // What only newer processes know is left out.
                if self.catalog.modernise(&mut event).is_ok() {
                    found.push(event);
                }
            }
        }
        Ok(found)
    }
}
