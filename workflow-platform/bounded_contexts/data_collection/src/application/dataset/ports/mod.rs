//! What the use cases of datasets need from outside.
//!
//! Records, changes and held batches have no owner here: their dataset has one, and is asked for
//! first.

mod catalog;
mod changes;
mod held;
mod records;
mod shares;

use sea_orm::DbErr;

pub use catalog::{Catalog, DatasetRow};
pub use changes::{Author, Cause, ChangeRow, Changes, Collected, Place, VersionRow, WritesRow};
pub use held::{HeldBatches, HeldRow, HeldState};
pub use records::{
    Candidate, Driver, KnownRecord, Lookup, Order, RecordRow, Records, RemovedRecord, Spot,
    Stretch, WrittenRecord,
};
pub use shares::{ShareRow, Shares};

/// The store could not serve.
#[derive(Debug, thiserror::Error)]
pub enum DatasetStoreError {
    #[error("database failed")]
    Database(#[from] DbErr),
    #[error("row cannot be read")]
    Row(#[from] serde_json::Error),
}

/// Datasets, their records, and every change of them.
pub trait DatasetStore: Catalog + Records + Changes + HeldBatches + Shares {}

impl<T: Catalog + Records + Changes + HeldBatches + Shares> DatasetStore for T {}
