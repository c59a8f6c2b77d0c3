//! What the relay adds to the kernel's outbox.

use sea_orm::ConnectionTrait as _;
use sea_orm_migration::{MigrationTrait, prelude::*};

/// The migrations of event delivery.
pub fn migrations() -> Vec<Box<dyn MigrationTrait>> {
    vec![Box::new(WaitingIndexes)]
}

/// Indexes on the few events that are not done, however many are kept.
#[derive(Debug)]
struct WaitingIndexes;

impl MigrationName for WaitingIndexes {
    fn name(&self) -> &'static str {
        "m20261123_000002_outbox_waiting"
    }
}

/// Both engines know partial indexes; the query builder does not.
const UP: [&str; 2] = [
    "CREATE INDEX outbox_waiting ON outbox (aggregate, aggregate_id, position) \
     WHERE delivered_at IS NULL AND parked_at IS NULL",
    "CREATE INDEX outbox_delivered ON outbox (delivered_at) WHERE delivered_at IS NOT NULL",
];

#[async_trait::async_trait]
impl MigrationTrait for WaitingIndexes {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for sql in UP {
            manager.get_connection().execute_unprepared(sql).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for name in ["outbox_delivered", "outbox_waiting"] {
            manager.get_connection().execute_unprepared(&format!("DROP INDEX {name}")).await?;
        }
        Ok(())
    }
}
