//! Triggers that listen to events, and ledgers that name them.

use sea_orm::ConnectionTrait as _;
use sea_orm_migration::{MigrationTrait, prelude::*};

#[derive(Debug)]
pub struct EventsColumns;

impl MigrationName for EventsColumns {
    fn name(&self) -> &'static str {
        "m20261124_000048_event_triggers"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for EventsColumns {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for change in [
            "ALTER TABLE workflow_triggers ADD COLUMN event_pattern varchar(100)",
            "CREATE INDEX workflow_triggers_listening \
             ON workflow_triggers (user_id, event_pattern) WHERE event_pattern IS NOT NULL",
            "ALTER TABLE workflow_ticks ADD COLUMN event_id uuid",
            "CREATE UNIQUE INDEX workflow_ticks_by_event ON workflow_ticks (event_id, trigger_id) \
             WHERE event_id IS NOT NULL",
        ] {
            manager.get_connection().execute_unprepared(change).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for change in [
            "DROP INDEX workflow_ticks_by_event",
            "ALTER TABLE workflow_ticks DROP COLUMN event_id",
            "DROP INDEX workflow_triggers_listening",
            "ALTER TABLE workflow_triggers DROP COLUMN event_pattern",
        ] {
            manager.get_connection().execute_unprepared(change).await?;
        }
        Ok(())
    }
}
