//! What the use cases of datasets need from outside.

use std::collections::HashMap;

use async_trait::async_trait;
use sea_orm::DbErr;
use serde_json::Value;
use shared_kernel::{
    domain::{Owner, Page, PageRequest, Timestamp},
    infrastructure::db::UnitOfWork,
};
use uuid::Uuid;

use crate::domain::dataset::{Columns, DatasetName, Keyed};

/// The store could not serve.
#[derive(Debug, thiserror::Error)]
pub enum DatasetStoreError {
    #[error("database failed")]
    Database(#[from] DbErr),
    #[error("row cannot be read")]
    Row(#[from] serde_json::Error),
}

/// A dataset.
#[derive(Debug, Clone, PartialEq)]
pub struct DatasetRow {
    pub id: Uuid,
    pub owner: Owner,
    pub name: String,
    pub columns: Columns,
    pub records: u64,
    /// Goes up with every batch that changed something.
    pub version: u64,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// A record.
#[derive(Debug, Clone, PartialEq)]
pub struct RecordRow {
    pub id: Uuid,
    pub key: String,
    pub data: Value,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// What is known of a record before a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownRecord {
    pub hash: String,
    /// JSON text.
    pub data: String,
}

/// A record that a batch writes.
#[derive(Debug, Clone)]
pub struct WrittenRecord<'a> {
    pub id: Uuid,
    pub record: &'a Keyed,
    /// JSON text of what stood there before; `None` for a new record.
    pub before: Option<String>,
}

/// Datasets, their records, and every change of them.
#[async_trait]
pub trait DatasetStore: Send + Sync {
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

    async fn known(
        &self,
        work: &mut UnitOfWork,
        dataset: Uuid,
        keys: &[&str],
    ) -> Result<HashMap<String, KnownRecord>, DatasetStoreError>;

    /// Writes records and their changes under the version.
    async fn write(
        &self,
        work: &mut UnitOfWork,
        dataset: Uuid,
        version: u64,
        records: &[WrittenRecord<'_>],
        now: Timestamp,
    ) -> Result<(), DatasetStoreError>;

    /// Writes columns, count and version.
    async fn update(
        &self,
        work: &mut UnitOfWork,
        row: &DatasetRow,
    ) -> Result<(), DatasetStoreError>;

    /// Records of all datasets of the owner, as the unit of work sees them.
    async fn count_all(
        &self,
        work: &mut UnitOfWork,
        owner: Owner,
    ) -> Result<u64, DatasetStoreError>;

    async fn find(&self, owner: Owner, name: &str)
    -> Result<Option<DatasetRow>, DatasetStoreError>;

    /// Newest first.
    async fn list(
        &self,
        owner: Owner,
        page: PageRequest,
    ) -> Result<Page<DatasetRow>, DatasetStoreError>;

    /// Newest first. Records have no owner here: ask `find` first.
    async fn records(
        &self,
        dataset: Uuid,
        page: PageRequest,
    ) -> Result<Page<RecordRow>, DatasetStoreError>;

    /// Removes the dataset with all that belongs to it. Answers whether it was there.
    async fn delete(
        &self,
        work: &mut UnitOfWork,
        owner: Owner,
        name: &str,
    ) -> Result<bool, DatasetStoreError>;
}
