//! Refunds, and when the provider is asked about what it has not told of.

use sea_orm::{ConnectionTrait as _, DatabaseBackend};
use sea_orm_migration::{MigrationTrait, prelude::*};

/// `asked_at` is when something was begun or last asked about, and null once it is settled.
#[derive(Debug)]
pub(super) struct RefundTable;

impl MigrationName for RefundTable {
    fn name(&self) -> &'static str {
        "m20261126_000029_refunds"
    }
}

const UP: [&str; 11] = [
    "ALTER TABLE invoices ADD COLUMN refunded_minor bigint NOT NULL DEFAULT 0",
    "ALTER TABLE credit_notes ADD COLUMN invoice_id {UUID}",
    "ALTER TABLE credit_notes ADD COLUMN reason text",
    "CREATE INDEX credit_notes_by_time ON credit_notes (issued_at, id)",
    "CREATE INDEX credit_notes_by_invoice ON credit_notes (invoice_id)",
    "ALTER TABLE payments ADD COLUMN asked_at bigint",
    "UPDATE payments SET asked_at = created_at WHERE status = 'pending'",
    "CREATE TABLE refunds (id {UUID} PRIMARY KEY, invoice_id {UUID} NOT NULL, \
     user_id {UUID} NOT NULL, currency varchar(3) NOT NULL, amount_minor bigint NOT NULL, \
     reason text NOT NULL, status varchar(16) NOT NULL, payment_id {UUID}, credit_note_id {UUID}, \
     reference varchar(255), created_at bigint NOT NULL, settled_at bigint, asked_at bigint)",
    "CREATE INDEX refunds_by_invoice ON refunds (invoice_id, created_at, id)",
    "CREATE INDEX refunds_by_time ON refunds (created_at, id)",
    "CREATE INDEX refunds_by_user ON refunds (user_id, id)",
];

/// Small while nothing is waiting.
const WAITING: [&str; 2] = [
    "CREATE INDEX payments_waiting ON payments (asked_at, id) WHERE asked_at IS NOT NULL",
    "CREATE INDEX refunds_waiting ON refunds (asked_at, id) WHERE asked_at IS NOT NULL",
];

const DOWN: [&str; 8] = [
    "DROP TABLE refunds",
    "DROP INDEX payments_waiting",
    "ALTER TABLE payments DROP COLUMN asked_at",
    "DROP INDEX credit_notes_by_invoice",
    "DROP INDEX credit_notes_by_time",
    "ALTER TABLE credit_notes DROP COLUMN reason",
    "ALTER TABLE credit_notes DROP COLUMN invoice_id",
    "ALTER TABLE invoices DROP COLUMN refunded_minor",
];

#[async_trait::async_trait]
impl MigrationTrait for RefundTable {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let is_postgres = manager.get_database_backend() == DatabaseBackend::Postgres;
        let uuid = if is_postgres { "uuid" } else { "blob" };
        for statement in UP.iter().chain(&WAITING) {
            let statement = statement.replace("{UUID}", uuid);
            manager.get_connection().execute_unprepared(&statement).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for statement in DOWN {
            manager.get_connection().execute_unprepared(statement).await?;
        }
        Ok(())
    }
}
