//! Indexes for lists that cost a running execution nothing.

use sea_orm_migration::{MigrationTrait, prelude::*};
use shared_kernel::infrastructure::db::{create_index, drop_index};

/// By status only what has ended: the few that have not are read in their order whatever their
/// status, which changes several times.
#[derive(Debug)]
pub struct ListIndexes;

const ENDED: &str = "workflow_executions (user_id, status, created_at DESC, id DESC) \
     WHERE fragment = 0 AND finished_at IS NOT NULL";
const OPEN: &str = "workflow_executions (user_id, created_at DESC, id DESC) \
     WHERE finished_at IS NULL";
const BY_ORIGIN: &str = "workflow_executions (user_id, origin, created_at DESC, id DESC) \
     WHERE fragment = 0";
const BY_STATUS: &str = "workflow_executions (user_id, status, created_at DESC, id DESC) \
     WHERE fragment = 0";
const UNFINISHED: &str = "workflow_executions (user_id) WHERE finished_at IS NULL";

impl MigrationName for ListIndexes {
    fn name(&self) -> &'static str {
        "m20261126_000113_execution_list_indexes"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for ListIndexes {
    /// `CONCURRENTLY` cannot be part of a transaction.
    fn use_transaction(&self) -> Option<bool> {
        Some(false)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        create_index(manager, "workflow_executions_ended", ENDED).await?;
        create_index(manager, "workflow_executions_open", OPEN).await?;
        create_index(manager, "workflow_executions_by_origin", BY_ORIGIN).await?;
        drop_index(manager, "workflow_executions_by_status").await?;
        drop_index(manager, "workflow_executions_unfinished").await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        create_index(manager, "workflow_executions_by_status", BY_STATUS).await?;
        create_index(manager, "workflow_executions_unfinished", UNFINISHED).await?;
        drop_index(manager, "workflow_executions_by_origin").await?;
        drop_index(manager, "workflow_executions_ended").await?;
        drop_index(manager, "workflow_executions_open").await
    }
}
