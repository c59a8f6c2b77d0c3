//! Addresses of webhooks.

use sea_orm::ConnectionTrait as _;
use sea_orm_migration::{MigrationTrait, prelude::*};

#[derive(Debug)]
pub struct Hooks;

impl MigrationName for Hooks {
    fn name(&self) -> &'static str {
        "m20261123_000045_webhooks"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Hooks {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for change in [
            "ALTER TABLE workflow_triggers ADD COLUMN hook_token text",
            "ALTER TABLE workflow_triggers ADD COLUMN hook_secret text",
            "CREATE UNIQUE INDEX workflow_triggers_by_token ON workflow_triggers (hook_token) \
             WHERE hook_token IS NOT NULL",
        ] {
            manager.get_connection().execute_unprepared(change).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for change in [
            "DROP INDEX workflow_triggers_by_token",
            "ALTER TABLE workflow_triggers DROP COLUMN hook_secret",
            "ALTER TABLE workflow_triggers DROP COLUMN hook_token",
        ] {
            manager.get_connection().execute_unprepared(change).await?;
        }
        Ok(())
    }
}
