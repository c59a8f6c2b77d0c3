//! Tables of datasets.

use sea_orm::ConnectionTrait as _;
use sea_orm_migration::{
    MigrationTrait,
    prelude::*,
    schema::{big_integer, string_len, text, text_null, uuid},
};
use shared_kernel::infrastructure::db::NewIndex;

use super::{counts_table::CountsTable, index_tables::IndexTables};

/// By which it is found what an execution wrote.
const WRITTEN: NewIndex = NewIndex {
    name: "m20261126_000113_dataset_written",
    index: "dataset_versions_by_execution",
    on: "dataset_versions (execution_id) WHERE execution_id IS NOT NULL",
};

/// The migrations of the context, in order.
pub fn migrations() -> Vec<Box<dyn MigrationTrait>> {
    vec![Box::new(DatasetTables), Box::new(IndexTables), Box::new(WRITTEN), Box::new(CountsTable)]
}

/// The first form of the tables.
#[derive(Debug)]
struct DatasetTables;

impl MigrationName for DatasetTables {
    fn name(&self) -> &'static str {
        "m20261123_000050_datasets"
    }
}

#[derive(DeriveIden)]
enum Datasets {
    Table,
    Id,
    UserId,
    Name,
    Columns,
    Records,
    Version,
    CreatedAt,
    UpdatedAt,
}

#[derive(DeriveIden)]
enum DatasetRecords {
    Table,
    Id,
    DatasetId,
    Key,
    Data,
    Hash,
    Version,
    CreatedAt,
    UpdatedAt,
}

/// Every change of a record, with what stood there before.
#[derive(DeriveIden)]
enum DatasetChanges {
    Table,
    DatasetId,
    Key,
    Version,
    Before,
    Data,
    At,
}

/// Batches that were written, with their answers.
#[derive(DeriveIden)]
enum DatasetBatches {
    Table,
    DatasetId,
    Key,
    Answer,
    At,
}

#[async_trait::async_trait]
impl MigrationTrait for DatasetTables {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [datasets(), records(), changes(), batches()] {
            manager.create_table(table).await?;
        }
        for index in [
            "CREATE UNIQUE INDEX datasets_by_name ON datasets (user_id, name)",
            "CREATE INDEX datasets_by_user ON datasets (user_id, created_at DESC, id DESC)",
            "CREATE INDEX dataset_records_by_time \
             ON dataset_records (dataset_id, created_at DESC, id DESC)",
        ] {
            manager.get_connection().execute_unprepared(index).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(DatasetBatches::Table).to_owned()).await?;
        manager.drop_table(Table::drop().table(DatasetChanges::Table).to_owned()).await?;
        manager.drop_table(Table::drop().table(DatasetRecords::Table).to_owned()).await?;
        manager.drop_table(Table::drop().table(Datasets::Table).to_owned()).await
    }
}

fn datasets() -> TableCreateStatement {
    Table::create()
        .table(Datasets::Table)
        .col(uuid(Datasets::Id).primary_key())
        .col(uuid(Datasets::UserId))
        .col(string_len(Datasets::Name, 100))
        .col(text(Datasets::Columns))
        .col(big_integer(Datasets::Records))
        .col(big_integer(Datasets::Version))
        .col(big_integer(Datasets::CreatedAt))
        .col(big_integer(Datasets::UpdatedAt))
        .to_owned()
}

fn records() -> TableCreateStatement {
    Table::create()
        .table(DatasetRecords::Table)
        .col(uuid(DatasetRecords::Id))
        .col(uuid(DatasetRecords::DatasetId))
        .col(string_len(DatasetRecords::Key, 500))
        .col(text(DatasetRecords::Data))
        .col(string_len(DatasetRecords::Hash, 64))
        .col(big_integer(DatasetRecords::Version))
        .col(big_integer(DatasetRecords::CreatedAt))
        .col(big_integer(DatasetRecords::UpdatedAt))
        .primary_key(Index::create().col(DatasetRecords::DatasetId).col(DatasetRecords::Key))
        .to_owned()
}

fn changes() -> TableCreateStatement {
    Table::create()
        .table(DatasetChanges::Table)
        .col(uuid(DatasetChanges::DatasetId))
        .col(string_len(DatasetChanges::Key, 500))
        .col(big_integer(DatasetChanges::Version))
        .col(text_null(DatasetChanges::Before))
        .col(text(DatasetChanges::Data))
        .col(big_integer(DatasetChanges::At))
        .primary_key(
            Index::create()
                .col(DatasetChanges::DatasetId)
                .col(DatasetChanges::Key)
                .col(DatasetChanges::Version),
        )
        .to_owned()
}

fn batches() -> TableCreateStatement {
    Table::create()
        .table(DatasetBatches::Table)
        .col(uuid(DatasetBatches::DatasetId))
        .col(string_len(DatasetBatches::Key, 300))
        .col(text(DatasetBatches::Answer))
        .col(big_integer(DatasetBatches::At))
        .primary_key(Index::create().col(DatasetBatches::DatasetId).col(DatasetBatches::Key))
        .to_owned()
}
