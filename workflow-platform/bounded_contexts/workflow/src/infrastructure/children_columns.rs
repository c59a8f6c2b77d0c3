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

/// `parent_id` is told of the end; `depth` counts executions that started executions. What is no
/// more than an item of a step (`fragment`) stands in no list, and not in the indexes of lists.
const CHANGES: [&str; 10] = [
    "ALTER TABLE workflow_executions ADD COLUMN parent_id {UUID}",
    "ALTER TABLE workflow_executions ADD COLUMN depth integer NOT NULL DEFAULT 0",
    "ALTER TABLE workflow_executions ADD COLUMN fragment integer NOT NULL DEFAULT 0",
    "CREATE INDEX workflow_executions_by_parent ON workflow_executions (parent_id) \
     WHERE parent_id IS NOT NULL",
    "DROP INDEX workflow_executions_by_user",
    "DROP INDEX workflow_executions_by_status",
    "DROP INDEX workflow_executions_by_definition",
    "CREATE INDEX workflow_executions_by_user \
     ON workflow_executions (user_id, created_at DESC, id DESC) WHERE fragment = 0",
    "CREATE INDEX workflow_executions_by_status \
     ON workflow_executions (user_id, status, created_at DESC, id DESC) WHERE fragment = 0",
    "CREATE INDEX workflow_executions_by_definition \
     ON workflow_executions (definition_id, created_at DESC, id DESC) WHERE fragment = 0",
];

const BACK: [&str; 10] = [
    "DROP INDEX workflow_executions_by_parent",
    "DROP INDEX workflow_executions_by_user",
    "DROP INDEX workflow_executions_by_status",
    "DROP INDEX workflow_executions_by_definition",
    "ALTER TABLE workflow_executions DROP COLUMN fragment",
    "ALTER TABLE workflow_executions DROP COLUMN depth",
    "ALTER TABLE workflow_executions DROP COLUMN parent_id",
    "CREATE INDEX workflow_executions_by_user \
     ON workflow_executions (user_id, created_at DESC, id DESC)",
    "CREATE INDEX workflow_executions_by_status \
     ON workflow_executions (user_id, status, created_at DESC, id DESC)",
    "CREATE INDEX workflow_executions_by_definition \
     ON workflow_executions (definition_id, created_at DESC, id DESC)",
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
        for change in BACK {
            manager.get_connection().execute_unprepared(change).await?;
        }
        Ok(())
    }
}
