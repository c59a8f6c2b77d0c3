//! The table by which executions are found by their labels.

use sea_orm_migration::{
    MigrationTrait,
    prelude::*,
    schema::{big_integer, string_len, uuid},
};

#[derive(Debug)]
pub struct LabelsTable;

impl MigrationName for LabelsTable {
    fn name(&self) -> &'static str {
        "m20261123_000043_execution_labels"
    }
}

#[derive(DeriveIden)]
enum ExecutionLabels {
    Table,
    UserId,
    Name,
    Value,
    CreatedAt,
    ExecutionId,
}

#[async_trait::async_trait]
impl MigrationTrait for LabelsTable {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(labels()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(ExecutionLabels::Table).to_owned()).await
    }
}

fn labels() -> TableCreateStatement {
    Table::create()
        .table(ExecutionLabels::Table)
        .col(uuid(ExecutionLabels::UserId))
        .col(string_len(ExecutionLabels::Name, 64))
        .col(string_len(ExecutionLabels::Value, 200))
        .col(big_integer(ExecutionLabels::CreatedAt))
        .col(uuid(ExecutionLabels::ExecutionId))
        .primary_key(
            Index::create()
                .col(ExecutionLabels::UserId)
                .col(ExecutionLabels::Name)
                .col(ExecutionLabels::Value)
                .col(ExecutionLabels::CreatedAt)
                .col(ExecutionLabels::ExecutionId),
        )
        .to_owned()
}
