//! Indexes on tables that may be large by now.

use sea_orm::{ConnectionTrait as _, DbErr};
use sea_orm_migration::SchemaManager;

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
