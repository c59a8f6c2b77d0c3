//! What retention needs: sizes, garbage, whose turn it is, and the journal by months.

use sea_orm::{ConnectionTrait as _, DbBackend, Statement};
use sea_orm_migration::{
    MigrationTrait,
    prelude::*,
    schema::{big_integer, string_len, uuid},
};
use shared_kernel::domain::Timestamp;

use super::retention::Month;

#[derive(Debug)]
pub struct RetentionTables;

impl MigrationName for RetentionTables {
    fn name(&self) -> &'static str {
        "m20261124_000050_retention"
    }
}

#[derive(DeriveIden)]
enum WorkflowBlobGarbage {
    Table,
    ExecutionId,
    At,
}

#[derive(DeriveIden)]
enum WorkflowChores {
    Table,
    Name,
    DueAt,
}

#[async_trait::async_trait]
impl MigrationTrait for RetentionTables {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let garbage = Table::create()
            .table(WorkflowBlobGarbage::Table)
            .col(uuid(WorkflowBlobGarbage::ExecutionId).primary_key())
            .col(big_integer(WorkflowBlobGarbage::At))
            .to_owned();
        let chores = Table::create()
            .table(WorkflowChores::Table)
            .col(string_len(WorkflowChores::Name, 40).primary_key())
            .col(big_integer(WorkflowChores::DueAt))
            .to_owned();
        manager.create_table(garbage).await?;
        manager.create_table(chores).await?;
        let connection = manager.get_connection();
        for change in [
            "ALTER TABLE workflow_executions ADD COLUMN bytes bigint NOT NULL DEFAULT 0",
            "INSERT INTO workflow_chores (name, due_at) VALUES ('retention', 0)",
            "CREATE INDEX workflow_ticks_by_age ON workflow_ticks (at)",
        ] {
            connection.execute_unprepared(change).await?;
        }
        if connection.get_database_backend() == DbBackend::Postgres {
            for change in by_months(now(connection).await?) {
                connection.execute_unprepared(&change).await?;
            }
        }
        Ok(())
    }

    /// The journal stays in partitions: it is the same table to all who use it.
    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for change in [
            "DROP INDEX workflow_ticks_by_age",
            "ALTER TABLE workflow_executions DROP COLUMN bytes",
        ] {
            manager.get_connection().execute_unprepared(change).await?;
        }
        manager.drop_table(Table::drop().table(WorkflowChores::Table).to_owned()).await?;
        manager.drop_table(Table::drop().table(WorkflowBlobGarbage::Table).to_owned()).await
    }
}

async fn now(connection: &SchemaManagerConnection<'_>) -> Result<Timestamp, DbErr> {
    let sql = "SELECT (extract(epoch FROM now()) * 1000000)::bigint";
    let asked = Statement::from_string(DbBackend::Postgres, sql);
    let row = connection.query_one_raw(asked).await?;
    let micros = row.map_or(Ok(0), |row| row.try_get_by_index(0))?;
    Ok(Timestamp::from_micros(micros))
}

/// What is there becomes the partition of all time up to the end of this month.
fn by_months(now: Timestamp) -> Vec<String> {
    let this_month = Month::of(now);
    let next = this_month.plus(1).unwrap_or(this_month);
    vec![
        "ALTER TABLE execution_events ALTER COLUMN blob TYPE varchar(120)".to_owned(),
        "ALTER TABLE execution_events RENAME TO execution_events_first".to_owned(),
        "ALTER INDEX execution_events_pkey RENAME TO execution_events_first_pkey".to_owned(),
        "CREATE TABLE execution_events (LIKE execution_events_first INCLUDING DEFAULTS, \
         PRIMARY KEY (execution_id, seq)) PARTITION BY RANGE (execution_id)"
            .to_owned(),
        format!(
            "ALTER TABLE execution_events ATTACH PARTITION execution_events_first \
             FOR VALUES FROM (MINVALUE) TO ('{}')",
            next.first_id()
        ),
        "CREATE TABLE execution_events_other PARTITION OF execution_events DEFAULT".to_owned(),
    ]
    .into_iter()
    .chain([next].map(Month::create))
    .collect()
}
