//! What an execution is part of.

use sea_orm::ConnectionTrait as _;
use sea_orm_migration::{MigrationTrait, prelude::*};

#[derive(Debug)]
pub struct TraceColumn;

impl MigrationName for TraceColumn {
    fn name(&self) -> &'static str {
        "m20261126_000111_execution_trace"
    }
}

const UP: &str = "ALTER TABLE workflow_executions ADD COLUMN traceparent varchar(55)";
const DOWN: &str = "ALTER TABLE workflow_executions DROP COLUMN traceparent";

#[async_trait::async_trait]
impl MigrationTrait for TraceColumn {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.get_connection().execute_unprepared(UP).await.map(|_| ())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.get_connection().execute_unprepared(DOWN).await.map(|_| ())
    }
}
