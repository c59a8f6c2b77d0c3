//! Tables about the platform itself.

use sea_orm::{ConnectionTrait as _, DatabaseBackend};
use sea_orm_migration::{MigrationTrait, prelude::*};

/// `processes`: those that run, and those that ran within a day. `invariants`: when each was checked
/// last, and what came of it.
#[derive(Debug)]
pub struct SystemTables;

impl MigrationName for SystemTables {
    fn name(&self) -> &'static str {
        "m20261126_000110_system"
    }
}

const UP: [&str; 2] = [
    "CREATE TABLE processes (id {UUID} PRIMARY KEY, name varchar(160) NOT NULL, \
     role varchar(16) NOT NULL, version varchar(80) NOT NULL, started_at bigint NOT NULL, \
     beat_at bigint NOT NULL, left_at bigint)",
    "CREATE TABLE invariants (name varchar(60) PRIMARY KEY, broken bigint NOT NULL, \
     checked_at bigint NOT NULL)",
];

#[async_trait::async_trait]
impl MigrationTrait for SystemTables {
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
        for table in ["invariants", "processes"] {
            manager.get_connection().execute_unprepared(&format!("DROP TABLE {table}")).await?;
        }
        Ok(())
    }
}
