//! The table of what was used.

use sea_orm::{ConnectionTrait as _, DatabaseBackend};
use sea_orm_migration::{MigrationTrait, prelude::*};

/// `usage_days`: a row for each user and day (in UTC, days since 1970) with something in it.
#[derive(Debug)]
pub(super) struct UsageTable;

impl MigrationName for UsageTable {
    fn name(&self) -> &'static str {
        "m20261125_000022_usage"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for UsageTable {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let is_postgres = manager.get_database_backend() == DatabaseBackend::Postgres;
        let uuid = if is_postgres { "uuid" } else { "blob" };
        let sql = format!(
            "CREATE TABLE usage_days (user_id {uuid} NOT NULL, day integer NOT NULL, \
             executions bigint NOT NULL, PRIMARY KEY (user_id, day))"
        );
        manager.get_connection().execute_unprepared(&sql).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.get_connection().execute_unprepared("DROP TABLE usage_days").await?;
        Ok(())
    }
}
