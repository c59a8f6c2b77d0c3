//! The table of secrets and variables.

use sea_orm_migration::{
    MigrationTrait,
    prelude::*,
    schema::{big_integer, string_len, text, text_null, uuid},
};

#[derive(Debug)]
pub struct VaultTable;

impl MigrationName for VaultTable {
    fn name(&self) -> &'static str {
        "m20261124_000049_vault"
    }
}

#[derive(DeriveIden)]
enum WorkflowVault {
    Table,
    Id,
    UserId,
    Kind,
    Name,
    /// Sealed, or JSON.
    Value,
    Description,
    CreatedAt,
    UpdatedAt,
}

#[async_trait::async_trait]
impl MigrationTrait for VaultTable {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table(WorkflowVault::Table)
            .col(uuid(WorkflowVault::Id).primary_key())
            .col(uuid(WorkflowVault::UserId))
            .col(string_len(WorkflowVault::Kind, 10))
            .col(string_len(WorkflowVault::Name, 64))
            .col(text(WorkflowVault::Value))
            .col(text_null(WorkflowVault::Description))
            .col(big_integer(WorkflowVault::CreatedAt))
            .col(big_integer(WorkflowVault::UpdatedAt))
            .index(
                Index::create()
                    .unique()
                    .col(WorkflowVault::UserId)
                    .col(WorkflowVault::Kind)
                    .col(WorkflowVault::Name),
            )
            .to_owned();
        manager.create_table(table).await?;
        let by_age = "CREATE INDEX workflow_vault_by_age \
             ON workflow_vault (user_id, kind, created_at DESC, id DESC)";
        manager.get_connection().execute_unprepared(by_age).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(WorkflowVault::Table).to_owned()).await
    }
}
