//! Tables of payments.

use sea_orm::{ConnectionTrait as _, DatabaseBackend};
use sea_orm_migration::{MigrationTrait, prelude::*};

/// `payments`: attempts to pay an invoice. `payment_notices`: what the provider told already.
#[derive(Debug)]
pub(super) struct PaymentTables;

impl MigrationName for PaymentTables {
    fn name(&self) -> &'static str {
        "m20261126_000027_payments"
    }
}

const UP: [&str; 5] = [
    "CREATE TABLE payments (id {UUID} PRIMARY KEY, invoice_id {UUID} NOT NULL, \
     user_id {UUID} NOT NULL, currency varchar(3) NOT NULL, amount_minor bigint NOT NULL, \
     status varchar(16) NOT NULL, reference varchar(255), url text, created_at bigint NOT NULL, \
     settled_at bigint)",
    "CREATE INDEX payments_by_invoice ON payments (invoice_id, created_at)",
    "CREATE INDEX payments_by_user ON payments (user_id, id)",
    "CREATE TABLE payment_notices (id varchar(255) PRIMARY KEY, at bigint NOT NULL)",
    "CREATE INDEX payment_notices_by_time ON payment_notices (at)",
];

#[async_trait::async_trait]
impl MigrationTrait for PaymentTables {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let is_postgres = manager.get_database_backend() == DatabaseBackend::Postgres;
        let uuid = if is_postgres { "uuid" } else { "blob" };
        for statement in UP {
            let statement = statement.replace("{UUID}", uuid);
            manager.get_connection().execute_unprepared(&statement).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["payment_notices", "payments"] {
            manager.get_connection().execute_unprepared(&format!("DROP TABLE {table}")).await?;
        }
        Ok(())
    }
}
