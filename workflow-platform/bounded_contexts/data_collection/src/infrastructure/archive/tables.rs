//! The tables of the archive.

use sea_orm::ConnectionTrait as _;
use sea_orm_migration::{
    MigrationTrait,
    prelude::*,
    schema::{big_integer, integer, string_len, string_len_null, text, uuid},
};

/// Makes the tables.
#[derive(Debug)]
pub struct ArchiveTables;

impl MigrationName for ArchiveTables {
    fn name(&self) -> &'static str {
        "m20261125_000061_archived_pages"
    }
}

#[derive(DeriveIden)]
enum ArchivedPages {
    Table,
    Id,
    UserId,
    GroupId,
    Url,
    Host,
    /// Of the address that was asked for.
    UrlHash,
    FetchedAt,
    Status,
    ContentType,
    Charset,
    Headers,
    Etag,
    LastModified,
    Hash,
    Bytes,
    Blob,
    BlobAt,
}

/// Groups of blobs, remembered until the blobs are gone.
#[derive(DeriveIden)]
enum ArchiveGroups {
    Table,
    Id,
    UserId,
    /// Since 1970.
    Day,
    /// Compressed.
    Bytes,
    Pages,
}

#[async_trait::async_trait]
impl MigrationTrait for ArchiveTables {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(pages()).await?;
        manager.create_table(groups()).await?;
        for index in [
            "CREATE INDEX archived_pages_by_time \
             ON archived_pages (user_id, fetched_at DESC, id DESC)",
            "CREATE INDEX archived_pages_by_host \
             ON archived_pages (user_id, host, fetched_at DESC, id DESC)",
            "CREATE INDEX archived_pages_by_url \
             ON archived_pages (user_id, url_hash, fetched_at DESC)",
            "CREATE INDEX archived_pages_by_group ON archived_pages (group_id)",
            "CREATE INDEX archive_groups_by_user ON archive_groups (user_id, day)",
            "CREATE INDEX archive_groups_by_day ON archive_groups (day)",
        ] {
            manager.get_connection().execute_unprepared(index).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(ArchiveGroups::Table).to_owned()).await?;
        manager.drop_table(Table::drop().table(ArchivedPages::Table).to_owned()).await
    }
}

fn pages() -> TableCreateStatement {
    Table::create()
        .table(ArchivedPages::Table)
        .col(uuid(ArchivedPages::Id).primary_key())
        .col(uuid(ArchivedPages::UserId))
        .col(uuid(ArchivedPages::GroupId))
        .col(text(ArchivedPages::Url))
        .col(string_len(ArchivedPages::Host, 300))
        .col(string_len(ArchivedPages::UrlHash, 32))
        .col(big_integer(ArchivedPages::FetchedAt))
        .col(integer(ArchivedPages::Status))
        .col(string_len_null(ArchivedPages::ContentType, 200))
        .col(string_len(ArchivedPages::Charset, 40))
        .col(text(ArchivedPages::Headers))
        .col(string_len_null(ArchivedPages::Etag, 500))
        .col(string_len_null(ArchivedPages::LastModified, 100))
        .col(string_len(ArchivedPages::Hash, 64))
        .col(big_integer(ArchivedPages::Bytes))
        .col(string_len(ArchivedPages::Blob, 100))
        .col(big_integer(ArchivedPages::BlobAt))
        .to_owned()
}

fn groups() -> TableCreateStatement {
    Table::create()
        .table(ArchiveGroups::Table)
        .col(uuid(ArchiveGroups::Id).primary_key())
        .col(uuid(ArchiveGroups::UserId))
        .col(integer(ArchiveGroups::Day))
        .col(big_integer(ArchiveGroups::Bytes))
        .col(big_integer(ArchiveGroups::Pages))
        .to_owned()
}
