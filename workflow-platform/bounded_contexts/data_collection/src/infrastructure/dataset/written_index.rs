//! The index by which it is found what an execution wrote.

use sea_orm_migration::{MigrationTrait, prelude::*};
use shared_kernel::infrastructure::db::{create_index, drop_index};

#[derive(Debug)]
pub(super) struct WrittenIndex;

impl MigrationName for WrittenIndex {
    fn name(&self) -> &'static str {
        "m20261126_000113_dataset_written"
    }
}

const NAME: &str = "dataset_versions_by_execution";
const ON: &str = "dataset_versions (execution_id) WHERE execution_id IS NOT NULL";

#[async_trait::async_trait]
impl MigrationTrait for WrittenIndex {
    /// `CONCURRENTLY` cannot be part of a transaction.
    fn use_transaction(&self) -> Option<bool> {
        Some(false)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        create_index(manager, NAME, ON).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_index(manager, NAME).await
    }
}
