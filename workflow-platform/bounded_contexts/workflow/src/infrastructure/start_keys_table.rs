//! The table of keys that callers gave to their starts.

use sea_orm_migration::{
    MigrationTrait,
    prelude::*,
    schema::{big_integer, string_len, uuid},
};

#[derive(Debug)]
pub struct StartKeysTable;

impl MigrationName for StartKeysTable {
    fn name(&self) -> &'static str {
        "m20261123_000042_start_keys"
    }
}

#[derive(DeriveIden)]
enum WorkflowStartKeys {
    Table,
    UserId,
    StartKey,
    Fingerprint,
    ExecutionId,
    CreatedAt,
}

#[async_trait::async_trait]
impl MigrationTrait for StartKeysTable {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(start_keys()).await?;
        let by_age = "CREATE INDEX workflow_start_keys_by_age \
                      ON workflow_start_keys (user_id, created_at)";
        manager.get_connection().execute_unprepared(by_age).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(WorkflowStartKeys::Table).to_owned()).await
    }
}

fn start_keys() -> TableCreateStatement {
    Table::create()
        .table(WorkflowStartKeys::Table)
        .col(uuid(WorkflowStartKeys::UserId))
        .col(string_len(WorkflowStartKeys::StartKey, 255))
        .col(string_len(WorkflowStartKeys::Fingerprint, 64))
        .col(uuid(WorkflowStartKeys::ExecutionId))
        .col(big_integer(WorkflowStartKeys::CreatedAt))
        .primary_key(
            Index::create().col(WorkflowStartKeys::UserId).col(WorkflowStartKeys::StartKey),
        )
        .to_owned()
}
