//! The datasets themselves.

use async_trait::async_trait;
use serde_json::Value;
use shared_kernel::{
    domain::{Owner, Page, PageRequest, Timestamp},
    infrastructure::db::UnitOfWork,
};
use uuid::Uuid;

use super::DatasetStoreError;
use crate::domain::dataset::{Columns, DatasetName, Settings};

/// Records of one dataset are numbered below this; the number of the dataset stands before.
const RECORD_BITS: u32 = 36;

/// A dataset.
#[derive(Debug, Clone, PartialEq)]
pub struct DatasetRow {
    pub id: Uuid,
    pub owner: Owner,
    pub name: String,
    /// Tells datasets apart where 16 bytes would be many.
    pub number: i64,
    pub columns: Columns,
    pub settings: Settings,
    pub records: u64,
    /// Goes up with every batch that changed something.
    pub version: u64,
    /// Records that were ever numbered.
    pub numbered: i64,
    /// Changes of this version and those before are no longer kept.
    pub forgotten: u64,
    /// Records of the last published batch.
    pub last_batch: Option<u64>,
    /// Records below this number are not yet in the index of every column.
    pub index_below: Option<i64>,
    /// When to look at what is no longer kept.
    pub retain_at: Option<Timestamp>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

impl DatasetRow {
    /// The number of a record, unique among all datasets, from its number within this one.
    pub const fn record_number(&self, within: i64) -> i64 {
        (self.number << RECORD_BITS) | within
    }

    /// Numbers of this dataset's records lie between these, both excluded.
    pub const fn numbers(&self) -> (i64, i64) {
        (self.record_number(0), (self.number + 1) << RECORD_BITS)
    }
}

/// Datasets of their owners.
#[async_trait]
pub trait Catalog: Send + Sync {
    /// The dataset of the name, made when it is not there, and held against other batches until
    /// the transaction ends.
    async fn hold(
        &self,
        work: &mut UnitOfWork,
        owner: Owner,
        name: &DatasetName,
        id: Uuid,
        now: Timestamp,
    ) -> Result<DatasetRow, DatasetStoreError>;

    /// The same, when it is there.
    async fn hold_known(
        &self,
        work: &mut UnitOfWork,
        owner: Owner,
        name: &str,
    ) -> Result<Option<DatasetRow>, DatasetStoreError>;

    /// Whether one has work to be done beside the requests.
    async fn any_due(&self, now: Timestamp) -> Result<bool, DatasetStoreError>;

    /// One that has work to be done beside the requests, held; nobody else holds it.
    async fn hold_due(
        &self,
        work: &mut UnitOfWork,
        now: Timestamp,
    ) -> Result<Option<DatasetRow>, DatasetStoreError>;

    /// Writes everything but id, owner, name and number.
    async fn update(
        &self,
        work: &mut UnitOfWork,
        row: &DatasetRow,
    ) -> Result<(), DatasetStoreError>;

    /// The answer that a batch of this key was given.
    async fn batch(
        &self,
        work: &mut UnitOfWork,
        dataset: Uuid,
        key: &str,
    ) -> Result<Option<Value>, DatasetStoreError>;

    async fn keep_batch(
        &self,
        work: &mut UnitOfWork,
        dataset: Uuid,
        key: &str,
        answer: &Value,
        now: Timestamp,
    ) -> Result<(), DatasetStoreError>;

    /// Records of all datasets of the owner. Whoever asks is alone with it until the transaction
    /// ends, so that batches for several datasets cannot pass a limit together.
    async fn count_all(
        &self,
        work: &mut UnitOfWork,
        owner: Owner,
    ) -> Result<u64, DatasetStoreError>;

    async fn find(&self, owner: Owner, name: &str)
    -> Result<Option<DatasetRow>, DatasetStoreError>;

    async fn find_by_id(&self, id: Uuid) -> Result<Option<DatasetRow>, DatasetStoreError>;

    /// Newest first.
    async fn list(
        &self,
        owner: Owner,
        page: PageRequest,
    ) -> Result<Page<DatasetRow>, DatasetStoreError>;

    /// Removes the dataset with all that belongs to it.
    async fn delete(
        &self,
        work: &mut UnitOfWork,
        row: &DatasetRow,
    ) -> Result<(), DatasetStoreError>;
}
