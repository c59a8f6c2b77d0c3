//! The table of letters to executions, and how many each had.

use sea_orm::ConnectionTrait as _;
use sea_orm_migration::{
    MigrationTrait,
    prelude::*,
    schema::{text, uuid},
};

#[derive(Debug)]
pub struct InboxTable;

impl MigrationName for InboxTable {
    fn name(&self) -> &'static str {
        "m20261123_000044_execution_inbox"
    }
}

#[derive(DeriveIden)]
enum ExecutionInbox {
    Table,
    Id,
    ExecutionId,
    Body,
}

const CHANGES: [&str; 4] = [
    "ALTER TABLE workflow_executions ADD COLUMN letters bigint NOT NULL DEFAULT 0",
    "ALTER TABLE workflow_executions ADD COLUMN letters_taken bigint NOT NULL DEFAULT 0",
    "CREATE INDEX execution_inbox_by_execution ON execution_inbox (execution_id, id)",
    "CREATE INDEX workflow_executions_with_letters ON workflow_executions (worker_id) \
     WHERE letters > letters_taken",
];

#[async_trait::async_trait]
impl MigrationTrait for InboxTable {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let inbox = Table::create()
            .table(ExecutionInbox::Table)
            .col(uuid(ExecutionInbox::Id).primary_key())
            .col(uuid(ExecutionInbox::ExecutionId))
            .col(text(ExecutionInbox::Body))
            .to_owned();
        manager.create_table(inbox).await?;
        for change in CHANGES {
            manager.get_connection().execute_unprepared(change).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for change in [
            "DROP INDEX workflow_executions_with_letters",
            "ALTER TABLE workflow_executions DROP COLUMN letters_taken",
            "ALTER TABLE workflow_executions DROP COLUMN letters",
        ] {
            manager.get_connection().execute_unprepared(change).await?;
        }
        manager.drop_table(Table::drop().table(ExecutionInbox::Table).to_owned()).await
    }
}
