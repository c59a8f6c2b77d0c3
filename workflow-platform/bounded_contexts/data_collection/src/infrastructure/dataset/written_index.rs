//! The index by which it is found what an execution wrote.

use sea_orm::ConnectionTrait as _;
use sea_orm_migration::{MigrationTrait, prelude::*};

#[derive(Debug)]
pub(super) struct WrittenIndex;

impl MigrationName for WrittenIndex {
    fn name(&self) -> &'static str {
        "m20261126_000113_dataset_written"
    }
}

const UP: &str = "CREATE INDEX dataset_versions_by_execution \
     ON dataset_versions (execution_id) WHERE execution_id IS NOT NULL";

#[async_trait::async_trait]
impl MigrationTrait for WrittenIndex {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.get_connection().execute_unprepared(UP).await.map(|_| ())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let down = "DROP INDEX dataset_versions_by_execution";
        manager.get_connection().execute_unprepared(down).await.map(|_| ())
    }
}
