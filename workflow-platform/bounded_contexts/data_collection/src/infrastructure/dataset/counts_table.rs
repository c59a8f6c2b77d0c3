//! The table of what versions came to by the hour and day.

use sea_orm::{ConnectionTrait as _, DbBackend};
use sea_orm_migration::{MigrationTrait, prelude::*};
use shared_kernel::domain::BucketSpan;

/// `dataset_counts`: a row for each dataset, length of a stretch (in microseconds) and beginning
/// of one. A year of days is then a few hundred rows of a dataset, however many versions it has.
#[derive(Debug)]
pub(super) struct CountsTable;

impl MigrationName for CountsTable {
    fn name(&self) -> &'static str {
        "m20261127_000116_dataset_counts"
    }
}

/// What was there before, gathered from the versions.
fn gathered(span: BucketSpan) -> String {
    let length = span.micros();
    format!(
        "INSERT INTO dataset_counts (dataset_id, stretch, starts_at, added, changed, removed) \
         SELECT dataset_id, {length}, at / {length} * {length}, SUM(added), SUM(changed), \
         SUM(removed) FROM dataset_versions GROUP BY dataset_id, at / {length}"
    )
}

#[async_trait::async_trait]
impl MigrationTrait for CountsTable {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let is_postgres = manager.get_database_backend() == DbBackend::Postgres;
        let (uuid, rowid) =
            if is_postgres { ("UUID", "") } else { ("uuid_text", " WITHOUT ROWID") };
        for change in [
            format!(
                "CREATE TABLE dataset_counts (dataset_id {uuid} NOT NULL, \
                 stretch BIGINT NOT NULL, starts_at BIGINT NOT NULL, added BIGINT NOT NULL, \
                 changed BIGINT NOT NULL, removed BIGINT NOT NULL, \
                 PRIMARY KEY (dataset_id, stretch, starts_at)){rowid}"
            ),
            gathered(BucketSpan::Hour),
            gathered(BucketSpan::Day),
        ] {
            manager.get_connection().execute_unprepared(&change).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.get_connection().execute_unprepared("DROP TABLE dataset_counts").await?;
        Ok(())
    }
}
