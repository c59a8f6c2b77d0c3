//! When somebody's account is to be deleted.

use sea_orm_migration::{MigrationTrait, prelude::*};

/// Adds `users.delete_at`, with an index of the few that have one.
#[derive(Debug)]
pub struct LeavingColumns;

impl MigrationName for LeavingColumns {
    fn name(&self) -> &'static str {
        "m20261125_000072_leaving"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for LeavingColumns {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for change in [
            "ALTER TABLE users ADD COLUMN delete_at BIGINT",
            // Empty at first, so nobody waits for it long.
            "CREATE INDEX users_delete_at ON users (delete_at) WHERE delete_at IS NOT NULL",
        ] {
            manager.get_connection().execute_unprepared(change).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for change in ["DROP INDEX users_delete_at", "ALTER TABLE users DROP COLUMN delete_at"] {
            manager.get_connection().execute_unprepared(change).await?;
        }
        Ok(())
    }
}
