//! Records and what they are found by.

use std::collections::{BTreeSet, HashMap};

use async_trait::async_trait;
use serde_json::{Map, Value};
use shared_kernel::{domain::Timestamp, infrastructure::db::UnitOfWork};
use uuid::Uuid;

use super::{DatasetRow, DatasetStoreError};
use crate::domain::dataset::{Cell, Keyed, Range};

/// A record.
#[derive(Debug, Clone, PartialEq)]
pub struct RecordRow {
    /// Goes up: records that came later have higher ones.
    pub number: i64,
    pub key: String,
    pub data: Map<String, Value>,
    /// Of the dataset, when the record last changed.
    pub version: u64,
    /// First seen.
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    /// When a batch last had it, changed or not.
    pub seen_at: Timestamp,
}

/// What is known of a record before a batch.
#[derive(Debug, Clone, PartialEq)]
pub struct KnownRecord {
    pub number: i64,
    pub hash: String,
    pub data: Map<String, Value>,
    pub updated_at: Timestamp,
}

/// A record that a batch writes.
#[derive(Debug, Clone)]
pub struct WrittenRecord<'a> {
    pub id: Uuid,
    pub number: i64,
    pub record: &'a Keyed,
    /// What stood there before; `None` for a new record.
    pub before: Option<KnownRecord>,
}

/// A record that goes.
#[derive(Debug, Clone)]
pub struct RemovedRecord {
    pub key: String,
    pub before: KnownRecord,
}

/// What leads to the records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Driver {
    /// All, by their numbers.
    All,
    /// Those whose cell of the field lies within the ranges. By cell and number, or, where every
    /// range is one cell, by number.
    Cells { field: i16, ranges: Vec<Range> },
    /// Those whose texts have tokens that begin so, by number.
    Tokens(BTreeSet<String>),
}

/// Up or down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    Ascending,
    Descending,
}

/// Where a record stands in an order: its cell, when the order is one of cells, and its number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spot {
    pub cell: Option<Cell>,
    pub number: i64,
}

/// A record that a driver led to.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    pub spot: Spot,
    pub row: RecordRow,
    /// Of its JSON text.
    pub bytes: usize,
}

/// Some records along a way.
#[derive(Debug, Clone, PartialEq)]
pub struct Stretch {
    pub candidates: Vec<Candidate>,
    /// Nothing follows.
    pub end: bool,
}

/// A way through the records of a dataset.
#[derive(Debug, Clone)]
pub struct Lookup<'a> {
    pub dataset: &'a DatasetRow,
    pub driver: &'a Driver,
    pub order: Order,
    /// By the driver's cells and not by number.
    pub by_cell: bool,
    pub after: Option<&'a Spot>,
    pub limit: u32,
}

/// Records, their changes, and the index.
#[async_trait]
pub trait Records: Send + Sync {
    async fn known(
        &self,
        work: &mut UnitOfWork,
        dataset: Uuid,
        keys: &[&str],
    ) -> Result<HashMap<String, KnownRecord>, DatasetStoreError>;

    /// Writes records, their changes and their places in the index under the row's next version.
    async fn write(
        &self,
        work: &mut UnitOfWork,
        row: &DatasetRow,
        records: &[WrittenRecord<'_>],
        now: Timestamp,
    ) -> Result<(), DatasetStoreError>;

    /// Notes that a batch had these.
    async fn saw(
        &self,
        work: &mut UnitOfWork,
        row: &DatasetRow,
        numbers: &[i64],
        now: Timestamp,
    ) -> Result<(), DatasetStoreError>;

    /// Removes records and notes it among the changes of the row's next version.
    async fn remove(
        &self,
        work: &mut UnitOfWork,
        row: &DatasetRow,
        records: &[RemovedRecord],
        now: Timestamp,
    ) -> Result<(), DatasetStoreError>;

    /// Puts records numbered below into the index, the highest first and at most so many. Answers
    /// the number of the last one, if there may be more below it.
    async fn index_below(
        &self,
        work: &mut UnitOfWork,
        row: &DatasetRow,
        below: i64,
        most: u32,
    ) -> Result<Option<i64>, DatasetStoreError>;

    /// Keys of records that were not seen since, at most so many.
    async fn unseen_since(
        &self,
        work: &mut UnitOfWork,
        row: &DatasetRow,
        since: Timestamp,
        most: u32,
    ) -> Result<Vec<String>, DatasetStoreError>;

    /// Keys of the records that came first.
    async fn oldest(
        &self,
        work: &mut UnitOfWork,
        row: &DatasetRow,
        most: u32,
    ) -> Result<Vec<String>, DatasetStoreError>;

    async fn record(
        &self,
        dataset: Uuid,
        key: &str,
    ) -> Result<Option<RecordRow>, DatasetStoreError>;

    /// Records along a way, no more bytes than a page may have, and at least one if there is one.
    async fn look_up(&self, way: Lookup<'_>) -> Result<Stretch, DatasetStoreError>;

    /// How many records a driver leads to, counted up to `most`.
    async fn count_up_to(
        &self,
        row: &DatasetRow,
        driver: &Driver,
        most: u32,
    ) -> Result<u32, DatasetStoreError>;

    /// Cells of a field that are not null, each with how many records have it: the most frequent
    /// first.
    async fn frequent(
        &self,
        row: &DatasetRow,
        field: i16,
        most: u32,
    ) -> Result<Vec<(Cell, u64)>, DatasetStoreError>;

    /// Records, nulls and different values of a field.
    async fn tally(
        &self,
        row: &DatasetRow,
        field: i16,
    ) -> Result<(u64, u64, u64), DatasetStoreError>;

    /// The least or the greatest cell of a field that is not null.
    async fn extreme(
        &self,
        row: &DatasetRow,
        field: i16,
        order: Order,
    ) -> Result<Option<Cell>, DatasetStoreError>;
}
