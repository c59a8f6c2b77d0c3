//! Tables of definitions.

use sea_orm::ConnectionTrait as _;
use sea_orm_migration::{
    MigrationTrait,
    prelude::*,
    schema::{big_integer, big_integer_null, integer, string_len, text, uuid},
};

use super::message_column::MESSAGE_COLUMN;

/// The migrations of definitions, in order.
pub fn migrations() -> Vec<Box<dyn MigrationTrait>> {
    vec![Box::new(DefinitionTables), Box::new(MESSAGE_COLUMN)]
}

/// The first form of both tables.
#[derive(Debug)]
struct DefinitionTables;

impl MigrationName for DefinitionTables {
    fn name(&self) -> &'static str {
        "m20261123_000040_workflow_definitions"
    }
}

#[derive(DeriveIden)]
enum WorkflowDefinitions {
    Table,
    Id,
    UserId,
    Name,
    Version,
    Triggers,
    CreatedAt,
    UpdatedAt,
    DeletedAt,
}

#[derive(DeriveIden)]
enum WorkflowVersions {
    Table,
    DefinitionId,
    Version,
    Source,
    Model,
    CreatedAt,
}

#[async_trait::async_trait]
impl MigrationTrait for DefinitionTables {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(definitions()).await?;
        manager.create_table(versions()).await?;
        for index in [
            "CREATE UNIQUE INDEX workflow_definitions_by_name \
             ON workflow_definitions (user_id, name) WHERE deleted_at IS NULL",
            "CREATE INDEX workflow_definitions_by_user \
             ON workflow_definitions (user_id, created_at DESC, id DESC) WHERE deleted_at IS NULL",
        ] {
            manager.get_connection().execute_unprepared(index).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(WorkflowVersions::Table).to_owned()).await?;
        manager.drop_table(Table::drop().table(WorkflowDefinitions::Table).to_owned()).await
    }
}

fn definitions() -> TableCreateStatement {
    Table::create()
        .table(WorkflowDefinitions::Table)
        .col(uuid(WorkflowDefinitions::Id).primary_key())
        .col(uuid(WorkflowDefinitions::UserId))
        .col(string_len(WorkflowDefinitions::Name, 200))
        .col(integer(WorkflowDefinitions::Version))
        .col(text(WorkflowDefinitions::Triggers))
        .col(big_integer(WorkflowDefinitions::CreatedAt))
        .col(big_integer(WorkflowDefinitions::UpdatedAt))
        .col(big_integer_null(WorkflowDefinitions::DeletedAt))
        .to_owned()
}

fn versions() -> TableCreateStatement {
    Table::create()
        .table(WorkflowVersions::Table)
        .col(uuid(WorkflowVersions::DefinitionId))
        .col(integer(WorkflowVersions::Version))
        .col(text(WorkflowVersions::Source))
        .col(text(WorkflowVersions::Model))
        .col(big_integer(WorkflowVersions::CreatedAt))
        .primary_key(
            Index::create().col(WorkflowVersions::DefinitionId).col(WorkflowVersions::Version),
        )
        .to_owned()
}
