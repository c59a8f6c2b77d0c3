//! Adds when a rule is due.

use sea_orm_migration::{MigrationTrait, prelude::*};

#[derive(Debug)]
pub struct TimedAutomations;

impl MigrationName for TimedAutomations {
    fn name(&self) -> &'static str {
        "m20261126_000103_timed_automations"
    }
}

const UP: [&str; 2] = [
    "ALTER TABLE automations ADD COLUMN due_at BIGINT",
    "CREATE INDEX automations_due ON automations (due_at) WHERE enabled AND due_at IS NOT NULL",
];
const DOWN: [&str; 2] =
    ["DROP INDEX automations_due", "ALTER TABLE automations DROP COLUMN due_at"];

#[async_trait::async_trait]
impl MigrationTrait for TimedAutomations {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for sql in UP {
            manager.get_connection().execute_unprepared(sql).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for sql in DOWN {
            manager.get_connection().execute_unprepared(sql).await?;
        }
        Ok(())
    }
}
