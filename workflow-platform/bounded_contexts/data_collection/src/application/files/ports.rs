//! What the use cases of files need from outside.

use async_trait::async_trait;
use sea_orm::DbErr;
use shared_kernel::{
    application::BlobKey,
    domain::{IdempotencyKey, Owner, Page, PageRequest, Timestamp},
    infrastructure::db::UnitOfWork,
};
use uuid::Uuid;

/// The store could not serve.
#[derive(Debug, thiserror::Error)]
pub enum FileStoreError {
    #[error("database failed")]
    Database(#[from] DbErr),
    #[error("row cannot be read")]
    Row(#[from] serde_json::Error),
}

/// An uploaded file.
#[derive(Debug, Clone, PartialEq)]
pub struct FileRow {
    /// Also the group its parts lie in.
    pub id: Uuid,
    pub owner: Owner,
    pub name: String,
    /// As its sender called it.
    pub media_type: String,
    pub bytes: u64,
    /// BLAKE3 of the content, in hex.
    pub hash: String,
    /// In order.
    pub parts: Vec<BlobKey>,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
}

/// Files, and groups of blobs that belong to none.
#[async_trait]
pub trait FileStore: Send + Sync {
    /// Writes down that a group is left over from `due_at` on, unless it becomes a file.
    async fn promise(&self, group: Uuid, due_at: Timestamp) -> Result<(), FileStoreError>;

    /// Holds the owner's files against other uploads until the transaction ends.
    async fn hold(&self, work: &mut UnitOfWork, owner: Owner) -> Result<(), FileStoreError>;

    /// How many files the owner has, as the unit of work sees them.
    async fn count(&self, work: &mut UnitOfWork, owner: Owner) -> Result<u64, FileStoreError>;

    /// The file that was uploaded under the key.
    async fn under_key(
        &self,
        work: &mut UnitOfWork,
        owner: Owner,
        key: &IdempotencyKey,
    ) -> Result<Option<FileRow>, FileStoreError>;

    /// Makes a group a file. False when the group was given up meanwhile.
    async fn keep(
        &self,
        work: &mut UnitOfWork,
        file: &FileRow,
        key: Option<&IdempotencyKey>,
    ) -> Result<bool, FileStoreError>;

    async fn find(&self, owner: Owner, id: Uuid) -> Result<Option<FileRow>, FileStoreError>;

    /// Newest first.
    async fn list(&self, owner: Owner, page: PageRequest) -> Result<Page<FileRow>, FileStoreError>;

    /// Removes the file and leaves its group over. Answers whether it was there.
    async fn delete(
        &self,
        work: &mut UnitOfWork,
        owner: Owner,
        id: Uuid,
        now: Timestamp,
    ) -> Result<bool, FileStoreError>;

    /// Removes some of the files whose time is over, and leaves their groups over. Answers how
    /// many.
    async fn expire(&self, now: Timestamp) -> Result<u64, FileStoreError>;

    /// Some of the groups that are left over now.
    async fn left_over(&self, now: Timestamp) -> Result<Vec<Uuid>, FileStoreError>;

    /// Takes a group off the list, after its blobs are gone.
    async fn settle(&self, group: Uuid) -> Result<(), FileStoreError>;
}
