//! The table of snapshots: of each execution with a long journal, the newest.

use sea_orm_migration::{
    MigrationTrait,
    prelude::*,
    schema::{big_integer, binary_null, integer, string_len_null, uuid},
};

#[derive(Debug)]
pub struct SnapshotsTable;

impl MigrationName for SnapshotsTable {
    fn name(&self) -> &'static str {
        "m20261125_000062_execution_snapshots"
    }
}

#[derive(DeriveIden)]
enum ExecutionSnapshots {
    Table,
    ExecutionId,
    /// Number of the last event in it.
    Seq,
    /// Of its form.
    Version,
    Body,
    /// Where the body is when it is not in the row.
    Blob,
    At,
}

#[async_trait::async_trait]
impl MigrationTrait for SnapshotsTable {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table(ExecutionSnapshots::Table)
            .col(uuid(ExecutionSnapshots::ExecutionId).primary_key())
            .col(big_integer(ExecutionSnapshots::Seq))
            .col(integer(ExecutionSnapshots::Version))
            .col(binary_null(ExecutionSnapshots::Body))
            .col(string_len_null(ExecutionSnapshots::Blob, 120))
            .col(big_integer(ExecutionSnapshots::At))
            .to_owned();
        manager.create_table(table).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(ExecutionSnapshots::Table).to_owned()).await
    }
}
