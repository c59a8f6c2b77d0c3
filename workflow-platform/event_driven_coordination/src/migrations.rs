//! What the relay adds to the kernel's outbox.

use sea_orm::ConnectionTrait as _;
use sea_orm_migration::{MigrationTrait, prelude::*};
use shared_kernel::infrastructure::db::{Backend, create_index, drop_index};

/// The migrations of event delivery.
pub fn migrations() -> Vec<Box<dyn MigrationTrait>> {
    vec![
        Box::new(WaitingIndexes),
        Box::new(ParkedIndex),
        Box::new(Identity),
        Box::new(OrderIndex),
        Box::new(NoWaitingIndex),
    ]
}

/// Indexes on the few events that are not done, however many are kept.
#[derive(Debug)]
struct WaitingIndexes;

impl MigrationName for WaitingIndexes {
    fn name(&self) -> &'static str {
        "m20261123_000002_outbox_waiting"
    }
}

const WAITING: &str = "CREATE INDEX outbox_waiting ON outbox (aggregate, aggregate_id, position) \
     WHERE delivered_at IS NULL AND parked_at IS NULL";

/// Both engines know partial indexes; the query builder does not.
const UP: [&str; 2] = [
    WAITING,
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

/// An index on the events that somebody must look at.
#[derive(Debug)]
struct ParkedIndex;

impl MigrationName for ParkedIndex {
    fn name(&self) -> &'static str {
        "m20261125_000071_outbox_parked"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for ParkedIndex {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let sql = "CREATE INDEX outbox_parked ON outbox (parked_at, id) \
                   WHERE parked_at IS NOT NULL";
        manager.get_connection().execute_unprepared(sql).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.get_connection().execute_unprepared("DROP INDEX outbox_parked").await?;
        Ok(())
    }
}

/// What tells this database's events apart from others' in a Redis that they share.
#[derive(Debug)]
struct Identity;

impl MigrationName for Identity {
    fn name(&self) -> &'static str {
        "m20261126_000072_outbox_identity"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Identity {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let (kind, fresh) = match manager.get_database_backend() {
            sea_orm::DbBackend::Postgres => ("uuid", "gen_random_uuid()"),
            _ => ("uuid_blob", "randomblob(16)"),
        };
        let connection = manager.get_connection();
        let table = format!("CREATE TABLE outbox_identity (id {kind} NOT NULL PRIMARY KEY)");
        connection.execute_unprepared(&table).await?;
        let row = format!("INSERT INTO outbox_identity (id) VALUES ({fresh})");
        connection.execute_unprepared(&row).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.get_connection().execute_unprepared("DROP TABLE outbox_identity").await?;
        Ok(())
    }
}

/// An index through which the waiting events are read in their order. SQLite has one already:
/// `outbox_pending`, which PostgreSQL cannot read in order.
///
/// `outbox_waiting` stays for processes of the version before, while they run beside this one.
#[derive(Debug)]
struct OrderIndex;

impl MigrationName for OrderIndex {
    fn name(&self) -> &'static str {
        "m20261126_000073_outbox_order"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for OrderIndex {
    /// `CONCURRENTLY` cannot be part of a transaction.
    fn use_transaction(&self) -> Option<bool> {
        Some(false)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        if Backend::of(manager) == Backend::Postgres {
            let on = "outbox (position) WHERE delivered_at IS NULL AND parked_at IS NULL";
            create_index(manager, "outbox_order", on).await?;
            drop_index(manager, "outbox_pending").await?;
        }
        drop_index(manager, "outbox_aggregate").await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        for sql in [
            "DROP INDEX IF EXISTS outbox_order",
            "CREATE INDEX IF NOT EXISTS outbox_pending ON outbox \
             (delivered_at, parked_at, position)",
            "CREATE INDEX IF NOT EXISTS outbox_aggregate ON outbox \
             (aggregate, aggregate_id, position)",
        ] {
            connection.execute_unprepared(sql).await?;
        }
        Ok(())
    }
}

/// The waiting events are read in their order and compared in the process, so that nothing goes
/// through `outbox_waiting` any more; each event had to be put into it and taken out again.
#[derive(Debug)]
struct NoWaitingIndex;

impl MigrationName for NoWaitingIndex {
    fn name(&self) -> &'static str {
        "m20261127_000121_outbox_no_waiting_index"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for NoWaitingIndex {
    /// `CONCURRENTLY` cannot be part of a transaction.
    fn use_transaction(&self) -> Option<bool> {
        Some(false)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_index(manager, "outbox_waiting").await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.get_connection().execute_unprepared(WAITING).await.map(|_| ())
    }
}
