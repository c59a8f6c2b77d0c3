//! Tables of uploaded files.

use sea_orm::ConnectionTrait as _;
use sea_orm_migration::{
    MigrationTrait,
    prelude::*,
    schema::{big_integer, string_len, string_len_null, text, uuid},
};

/// The migrations of uploads, in order.
pub fn migrations() -> Vec<Box<dyn MigrationTrait>> {
    vec![Box::new(FileTables)]
}

/// The first form of all tables.
#[derive(Debug)]
struct FileTables;

impl MigrationName for FileTables {
    fn name(&self) -> &'static str {
        "m20261125_000055_uploaded_files"
    }
}

#[derive(DeriveIden)]
enum UploadedFiles {
    Table,
    Id,
    UserId,
    Name,
    MediaType,
    Bytes,
    Hash,
    Parts,
    RequestKey,
    CreatedAt,
    ExpiresAt,
}

/// Groups of blobs that belong to no file, from a time on.
#[derive(DeriveIden)]
enum UploadLeftovers {
    Table,
    GroupId,
    DueAt,
}

#[async_trait::async_trait]
impl MigrationTrait for FileTables {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(files()).await?;
        manager.create_table(leftovers()).await?;
        for index in [
            "CREATE INDEX uploaded_files_by_user \
             ON uploaded_files (user_id, created_at DESC, id DESC)",
            "CREATE UNIQUE INDEX uploaded_files_by_key ON uploaded_files (user_id, request_key)",
            "CREATE INDEX uploaded_files_by_end ON uploaded_files (expires_at)",
            "CREATE INDEX upload_leftovers_by_time ON upload_leftovers (due_at)",
        ] {
            manager.get_connection().execute_unprepared(index).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(UploadLeftovers::Table).to_owned()).await?;
        manager.drop_table(Table::drop().table(UploadedFiles::Table).to_owned()).await
    }
}

fn files() -> TableCreateStatement {
    Table::create()
        .table(UploadedFiles::Table)
        .col(uuid(UploadedFiles::Id).primary_key())
        .col(uuid(UploadedFiles::UserId))
        .col(string_len(UploadedFiles::Name, 200))
        .col(string_len(UploadedFiles::MediaType, 100))
        .col(big_integer(UploadedFiles::Bytes))
        .col(string_len(UploadedFiles::Hash, 64))
        .col(text(UploadedFiles::Parts))
        .col(string_len_null(UploadedFiles::RequestKey, 255))
        .col(big_integer(UploadedFiles::CreatedAt))
        .col(big_integer(UploadedFiles::ExpiresAt))
        .to_owned()
}

fn leftovers() -> TableCreateStatement {
    Table::create()
        .table(UploadLeftovers::Table)
        .col(uuid(UploadLeftovers::GroupId).primary_key())
        .col(big_integer(UploadLeftovers::DueAt))
        .to_owned()
}
