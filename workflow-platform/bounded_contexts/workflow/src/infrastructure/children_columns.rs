//! Who started an execution, and how deep that goes.

use sea_orm::ConnectionTrait as _;
use sea_orm_migration::{MigrationTrait, prelude::*};

#[derive(Debug)]
pub struct ChildrenColumns;

impl MigrationName for ChildrenColumns {
    fn name(&self) -> &'static str {
        "m20261123_000046_execution_children"
    }
}

/// `parent_id` is told of the end; `depth` counts executions that started executions.
const CHANGES: [&str; 3] = [
    "ALTER TABLE workflow_executions ADD COLUMN parent_id {UUID}",
    "ALTER TABLE workflow_executions ADD COLUMN depth integer NOT NULL DEFAULT 0",
    "CREATE INDEX workflow_executions_by_parent ON workflow_executions (parent_id) \
     WHERE parent_id IS NOT NULL",
];

#[async_trait::async_trait]
impl MigrationTrait for ChildrenColumns {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let uuid = match manager.get_database_backend() {
            sea_orm::DatabaseBackend::Postgres => "uuid",
            _ => "blob",
        };
        for change in CHANGES {
            let change = change.replace("{UUID}", uuid);
            manager.get_connection().execute_unprepared(&change).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for change in [
            "DROP INDEX workflow_executions_by_parent",
            "ALTER TABLE workflow_executions DROP COLUMN depth",
            "ALTER TABLE workflow_executions DROP COLUMN parent_id",
        ] {
            manager.get_connection().execute_unprepared(change).await?;
        }
        Ok(())
    }
}
