//! Indexes on tables that may be large by now.

use sea_orm::{ConnectionTrait as _, DbErr};
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager};

use super::Backend;

/// Makes `CREATE INDEX name ON on`. On PostgreSQL writers go on meanwhile, so the migration must not
/// be a transaction; an index whose making was cut off is left behind there and not used, so it is
/// made anew.
pub async fn create_index(manager: &SchemaManager<'_>, name: &str, on: &str) -> Result<(), DbErr> {
    drop_index(manager, name).await?;
    let create = match Backend::of(manager) {
        Backend::Postgres => "CREATE INDEX CONCURRENTLY",
        Backend::Sqlite => "CREATE INDEX",
    };
    let sql = format!("{create} {name} ON {on}");
    manager.get_connection().execute_unprepared(&sql).await.map(|_| ())
}

/// Does away with an index, if it is there, under the same conditions.
pub async fn drop_index(manager: &SchemaManager<'_>, name: &str) -> Result<(), DbErr> {
    let drop = match Backend::of(manager) {
        Backend::Postgres => "DROP INDEX CONCURRENTLY IF EXISTS",
        Backend::Sqlite => "DROP INDEX IF EXISTS",
    };
    manager.get_connection().execute_unprepared(&format!("{drop} {name}")).await.map(|_| ())
}

/// A migration that makes one index on a table that may be large by now.
#[derive(Debug)]
pub struct NewIndex {
    /// Of the migration.
    pub name: &'static str,
    pub index: &'static str,
    /// The table and what of it: `users (email) WHERE deleted_at IS NULL`.
    pub on: &'static str,
}

impl MigrationName for NewIndex {
    fn name(&self) -> &str {
        self.name
    }
}

#[async_trait::async_trait]
impl MigrationTrait for NewIndex {
    /// `CONCURRENTLY` cannot be part of one.
    fn use_transaction(&self) -> Option<bool> {
        Some(false)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        create_index(manager, self.index, self.on).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_index(manager, self.index).await
    }
}
