//! The table of results that later runs may take.

use sea_orm_migration::{
    MigrationTrait,
    prelude::*,
    schema::{big_integer, string_len, text, uuid},
};

#[derive(Debug)]
pub struct StepCacheTable;

impl MigrationName for StepCacheTable {
    fn name(&self) -> &'static str {
        "m20261123_000047_step_cache"
    }
}

#[derive(DeriveIden)]
enum WorkflowStepCache {
    Table,
    UserId,
    CacheKey,
    Output,
    ExpiresAt,
}

#[async_trait::async_trait]
impl MigrationTrait for StepCacheTable {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table(WorkflowStepCache::Table)
            .col(uuid(WorkflowStepCache::UserId))
            .col(string_len(WorkflowStepCache::CacheKey, 64))
            .col(text(WorkflowStepCache::Output))
            .col(big_integer(WorkflowStepCache::ExpiresAt))
            .primary_key(
                Index::create().col(WorkflowStepCache::UserId).col(WorkflowStepCache::CacheKey),
            )
            .to_owned();
        manager.create_table(table).await?;
        let by_age = "CREATE INDEX workflow_step_cache_by_age ON workflow_step_cache (expires_at)";
        manager.get_connection().execute_unprepared(by_age).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(WorkflowStepCache::Table).to_owned()).await
    }
}
