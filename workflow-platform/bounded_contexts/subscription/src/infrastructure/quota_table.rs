//! The table of what is counted by the month.

use sea_orm::{ConnectionTrait as _, DatabaseBackend};
use sea_orm_migration::{MigrationTrait, prelude::*};

/// `quota_counters`: a row for each user, limit and month (`executions_per_month/2026-11`).
/// `usage_days` has what was fetched, too.
#[derive(Debug)]
pub(super) struct QuotaTable;

impl MigrationName for QuotaTable {
    fn name(&self) -> &'static str {
        "m20261126_000026_quota"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for QuotaTable {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let is_postgres = manager.get_database_backend() == DatabaseBackend::Postgres;
        let (uuid, text) = if is_postgres { ("uuid", "varchar(64)") } else { ("blob", "text") };
        let sql = format!(
            "CREATE TABLE quota_counters (user_id {uuid} NOT NULL, counter {text} NOT NULL, \
             month bigint NOT NULL, used bigint NOT NULL, told_near bigint, told_reached bigint, \
             PRIMARY KEY (user_id, counter))"
        );
        let connection = manager.get_connection();
        connection.execute_unprepared(&sql).await?;
        for column in ["pages", "bytes", "proxy_bytes"] {
            let sql =
                format!("ALTER TABLE usage_days ADD COLUMN {column} bigint NOT NULL DEFAULT 0");
            connection.execute_unprepared(&sql).await?;
        }
        let index = "CREATE INDEX quota_counters_by_month ON quota_counters (month)";
        connection.execute_unprepared(index).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        connection.execute_unprepared("DROP TABLE quota_counters").await?;
        for column in ["pages", "bytes", "proxy_bytes"] {
            let sql = format!("ALTER TABLE usage_days DROP COLUMN {column}");
            connection.execute_unprepared(&sql).await?;
        }
        Ok(())
    }
}
