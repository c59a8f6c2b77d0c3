//! What somebody said of a version when they saved it.

use sea_orm::ConnectionTrait as _;
use sea_orm_migration::{MigrationTrait, prelude::*};

#[derive(Debug)]
pub(super) struct MessageColumn;

impl MigrationName for MessageColumn {
    fn name(&self) -> &'static str {
        "m20261126_000115_version_messages"
    }
}

const UP: &str = "ALTER TABLE workflow_versions ADD COLUMN message varchar(500)";
const DOWN: &str = "ALTER TABLE workflow_versions DROP COLUMN message";

#[async_trait::async_trait]
impl MigrationTrait for MessageColumn {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.get_connection().execute_unprepared(UP).await.map(|_| ())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.get_connection().execute_unprepared(DOWN).await.map(|_| ())
    }
}
