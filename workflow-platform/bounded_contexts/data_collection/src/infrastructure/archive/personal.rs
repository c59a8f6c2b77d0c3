//! Archived pages as what is kept of a person: shown by their index, erased with their contents.

use std::sync::Arc;

use async_trait::async_trait;
use sea_orm::ConnectionTrait as _;
use shared_kernel::{
    application::{BlobStore, PersonalData, PersonalDataError, PersonalPage},
    domain::Owner,
    infrastructure::db::{Database, PersonalTable, RowKey, Shown},
};
use uuid::Uuid;

use super::groups;

const NAME: &str = "archived_pages";

const INDEX: PersonalTable = PersonalTable {
    name: NAME,
    table: "archived_pages",
    key: RowKey::Id("id"),
    owned: "user_id = $1",
    columns: &[
        ("id", Shown::Id),
        ("url", Shown::Text),
        ("fetched_at", Shown::Time),
        ("status", Shown::Number),
        ("content_type", Shown::Text),
        ("bytes", Shown::Number),
        ("hash", Shown::Text),
    ],
    erased: true,
};

/// The archive of its owners.
pub struct ArchivePersonalData {
    database: Database,
    blobs: Arc<dyn BlobStore>,
    index: Arc<dyn PersonalData>,
}

impl ArchivePersonalData {
    pub fn new(database: &Database, blobs: Arc<dyn BlobStore>) -> Self {
        Self { database: database.clone(), blobs, index: INDEX.of(database) }
    }
}

fn failed(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> PersonalDataError {
    PersonalDataError { part: NAME, source: source.into() }
}

#[async_trait]
impl PersonalData for ArchivePersonalData {
    fn name(&self) -> &'static str {
        NAME
    }

    async fn page(
        &self,
        owner: Owner,
        after: Option<&str>,
    ) -> Result<PersonalPage, PersonalDataError> {
        self.index.page(owner, after).await
    }

    /// A group at a time, with its blobs; then rows whose group was never counted.
    async fn erase(&self, owner: Owner) -> Result<u64, PersonalDataError> {
        let sql = "SELECT id FROM archive_groups WHERE user_id = $1 ORDER BY day LIMIT 1";
        let statement = self.database.statement(sql, [owner.into()]);
        let row = self.database.write().query_one_raw(statement).await.map_err(failed)?;
        let Some(row) = row else { return self.index.erase(owner).await };
        let group: Uuid = row.try_get("", "id").map_err(failed)?;
        let removed = groups::remove(&self.database, self.blobs.as_ref(), group).await;
        Ok(removed.map_err(failed)?.max(1))
    }
}
