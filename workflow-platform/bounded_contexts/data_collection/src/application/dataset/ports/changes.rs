//! Versions of a dataset and what each of them changed.

use async_trait::async_trait;
use serde_json::{Map, Value};
use shared_kernel::{
    domain::{Execution, Id, Owner, Timestamp, User},
    infrastructure::db::UnitOfWork,
};
use uuid::Uuid;

use super::{DatasetRow, DatasetStoreError};

/// Who made a version.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Author {
    pub user: Option<Id<User>>,
    pub execution: Option<Id<Execution>>,
}

/// How a version came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// A step, or a call, wrote records.
    Batch,
    Import,
    /// Somebody removed records.
    Removal,
    /// A held batch was released.
    Release,
    Retention,
}

impl Cause {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Batch => "batch",
            Self::Import => "import",
            Self::Removal => "removal",
            Self::Release => "release",
            Self::Retention => "retention",
        }
    }

    /// What is written is one of the above; anything else was a batch of an older form.
    pub fn read(text: &str) -> Self {
        let all = [Self::Import, Self::Removal, Self::Release, Self::Retention];
        all.into_iter().find(|cause| cause.as_str() == text).unwrap_or(Self::Batch)
    }
}

/// All that one execution wrote into a dataset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WritesRow {
    /// Name of the dataset.
    pub dataset: String,
    /// How many versions it made, the first and the last of them.
    pub versions: u64,
    pub first: u64,
    pub last: u64,
    pub added: u64,
    pub changed: u64,
    pub removed: u64,
    /// When it wrote last.
    pub at: Timestamp,
}

/// What versions made within a stretch of time came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Collected {
    pub added: u64,
    pub changed: u64,
    pub removed: u64,
}

/// A version of a dataset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionRow {
    pub version: u64,
    pub at: Timestamp,
    pub cause: Cause,
    pub author: Author,
    pub added: u64,
    pub changed: u64,
    pub removed: u64,
    /// Records then.
    pub total: u64,
}

/// A change of a record.
#[derive(Debug, Clone, PartialEq)]
pub struct ChangeRow {
    pub version: u64,
    pub key: String,
    pub before: Option<Map<String, Value>>,
    /// None when it was removed.
    pub after: Option<Map<String, Value>>,
    pub at: Timestamp,
    pub cause: Cause,
    pub author: Author,
}

/// A change's place among all of a dataset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    pub version: u64,
    pub key: String,
}

/// What changed.
#[async_trait]
pub trait Changes: Send + Sync {
    async fn keep_version(
        &self,
        work: &mut UnitOfWork,
        dataset: Uuid,
        version: &VersionRow,
    ) -> Result<(), DatasetStoreError>;

    /// Changes of a record below a version, the newest first.
    async fn history(
        &self,
        dataset: Uuid,
        key: &str,
        below: Option<u64>,
        limit: u32,
    ) -> Result<Vec<ChangeRow>, DatasetStoreError>;

    /// The first change of a record after a version.
    async fn first_after(
        &self,
        dataset: Uuid,
        key: &str,
        version: u64,
    ) -> Result<Option<ChangeRow>, DatasetStoreError>;

    /// What follows a place, the oldest first, bounded in bytes; at least one if there is one.
    async fn changes(
        &self,
        dataset: Uuid,
        after: &Place,
        limit: u32,
    ) -> Result<Vec<ChangeRow>, DatasetStoreError>;

    /// How many changes of the version come up to the place, itself included.
    async fn rank(&self, dataset: Uuid, place: &Place) -> Result<u64, DatasetStoreError>;

    /// The key of the change of a version before which so many come.
    async fn key_at(
        &self,
        dataset: Uuid,
        version: u64,
        rank: u64,
    ) -> Result<Option<String>, DatasetStoreError>;

    /// The last ones, the newest first, bounded in bytes.
    async fn latest(&self, dataset: Uuid, limit: u32) -> Result<Vec<ChangeRow>, DatasetStoreError>;

    /// Versions below one, the newest first.
    async fn versions(
        &self,
        dataset: Uuid,
        below: Option<u64>,
        limit: u32,
    ) -> Result<Vec<VersionRow>, DatasetStoreError>;

    /// What an execution wrote into each dataset of the owner, by their names.
    async fn written_by(
        &self,
        owner: Owner,
        execution: Id<Execution>,
    ) -> Result<Vec<WritesRow>, DatasetStoreError>;

    /// What the versions of all of the owner's datasets since a time came to, by how many whole
    /// `stretch`es (in microseconds) after that they were made.
    async fn collected(
        &self,
        owner: Owner,
        from: Timestamp,
        stretch: i64,
    ) -> Result<Vec<(u64, Collected)>, DatasetStoreError>;

    /// The last version made before a time; 0 when there is none.
    async fn last_before(
        &self,
        work: &mut UnitOfWork,
        dataset: Uuid,
        before: Timestamp,
    ) -> Result<u64, DatasetStoreError>;

    /// Forgets changes of the version and those before it, the first ones first and at most so
    /// many; answers how many.
    async fn forget_up_to(
        &self,
        work: &mut UnitOfWork,
        row: &DatasetRow,
        version: u64,
        most: u32,
    ) -> Result<u64, DatasetStoreError>;
}
