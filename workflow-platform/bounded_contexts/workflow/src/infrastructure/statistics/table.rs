//! The table of ends.

use sea_orm::{ConnectionTrait as _, DatabaseBackend};
use sea_orm_migration::{MigrationTrait, prelude::*};

/// `workflow_ends`: a row for each user, hour (in UTC, hours since 1970) and way to end.
#[derive(Debug)]
pub struct StatisticsTable;

impl MigrationName for StatisticsTable {
    fn name(&self) -> &'static str {
        "m20261126_000052_ends"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for StatisticsTable {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let is_postgres = manager.get_database_backend() == DatabaseBackend::Postgres;
        let uuid = if is_postgres { "uuid" } else { "blob" };
        for change in [
            format!(
                "CREATE TABLE workflow_ends (user_id {uuid} NOT NULL, hour integer NOT NULL, \
                 status varchar(20) NOT NULL, count bigint NOT NULL, \
                 PRIMARY KEY (user_id, hour, status))"
            ),
            "CREATE INDEX workflow_triggers_by_user \
             ON workflow_triggers (user_id, created_at DESC, id DESC)"
                .to_owned(),
        ] {
            manager.get_connection().execute_unprepared(&change).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for change in ["DROP INDEX workflow_triggers_by_user", "DROP TABLE workflow_ends"] {
            manager.get_connection().execute_unprepared(change).await?;
        }
        Ok(())
    }
}
