//! What executions were started by, so that lists find them by it. The index is among those of
//! `list_indexes`.

use sea_orm::{ConnectionTrait as _, DbBackend};
use sea_orm_migration::{MigrationTrait, prelude::*};

#[derive(Debug)]
pub struct OriginColumn;

impl MigrationName for OriginColumn {
    fn name(&self) -> &'static str {
        "m20261126_000112_execution_origin"
    }
}

const ADD: &str = "ALTER TABLE workflow_executions ADD COLUMN origin varchar(20)";

/// Older executions are told from the first event of their journal, where it is in its row.
fn told_by_the_journal(backend: DbBackend) -> String {
    let (automation, kind) = match backend {
        DbBackend::Postgres => (
            "v.payload::json #>> '{trigger,automation_id}'",
            "v.payload::json #>> '{trigger,kind}'",
        ),
        _ => (
            "json_extract(v.payload, '$.trigger.automation_id')",
            "json_extract(v.payload, '$.trigger.kind')",
        ),
    };
    format!(
        "UPDATE workflow_executions SET origin = \
         CASE WHEN {automation} IS NOT NULL THEN 'automation' ELSE substr({kind}, 1, 20) END \
         FROM execution_events v \
         WHERE v.execution_id = workflow_executions.id AND v.seq = 1 AND v.blob IS NULL"
    )
}

#[async_trait::async_trait]
impl MigrationTrait for OriginColumn {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        let told = told_by_the_journal(connection.get_database_backend());
        for change in [ADD, told.as_str()] {
            connection.execute_unprepared(change).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let drop = "ALTER TABLE workflow_executions DROP COLUMN origin";
        manager.get_connection().execute_unprepared(drop).await.map(|_| ())
    }
}
