//! Links that show a dataset to whoever has them.

use async_trait::async_trait;
use shared_kernel::{
    domain::{Cursor, Timestamp},
    infrastructure::db::UnitOfWork,
};
use uuid::Uuid;

use super::DatasetStoreError;

/// A link. The token itself is not kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShareRow {
    pub id: Uuid,
    pub dataset: Uuid,
    pub label: String,
    /// Columns that are shown; all when absent.
    pub columns: Option<Vec<String>>,
    pub expires_at: Option<Timestamp>,
    pub created_at: Timestamp,
    pub revoked_at: Option<Timestamp>,
    /// To the minute.
    pub used_at: Option<Timestamp>,
}

/// Links to datasets.
#[async_trait]
pub trait Shares: Send + Sync {
    async fn keep_share(
        &self,
        work: &mut UnitOfWork,
        share: &ShareRow,
        token_hash: &str,
    ) -> Result<(), DatasetStoreError>;

    /// Links of a dataset that were not revoked.
    async fn count_shares(
        &self,
        work: &mut UnitOfWork,
        dataset: Uuid,
    ) -> Result<u64, DatasetStoreError>;

    /// Newest first, revoked ones included.
    async fn list_shares(
        &self,
        dataset: Uuid,
        after: Option<Cursor>,
        limit: u32,
    ) -> Result<Vec<ShareRow>, DatasetStoreError>;

    /// Answers whether there was one to revoke.
    async fn revoke_share(
        &self,
        work: &mut UnitOfWork,
        dataset: Uuid,
        id: Uuid,
        now: Timestamp,
    ) -> Result<bool, DatasetStoreError>;

    /// The link of a token, if it is good.
    async fn open_share(
        &self,
        token_hash: &str,
        now: Timestamp,
    ) -> Result<Option<ShareRow>, DatasetStoreError>;

    /// Notes that it was used, unless it was noted within the minute.
    async fn share_used(&self, id: Uuid, now: Timestamp) -> Result<(), DatasetStoreError>;
}
