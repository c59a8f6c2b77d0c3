//! Bodies of answers.

use serde::Serialize;
use serde_json::Value;
use shared_kernel::domain::Timestamp;

use crate::{
    application::dataset::{DatasetRow, RecordRow},
    domain::dataset::Column,
};

/// A dataset.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct DatasetView {
    pub name: String,
    /// Fields that records were seen to have, in the order in which they appeared.
    pub columns: Vec<Column>,
    pub records: u64,
    /// Goes up with every batch that changed something.
    pub version: u64,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

impl From<DatasetRow> for DatasetView {
    fn from(row: DatasetRow) -> Self {
        Self {
            name: row.name,
            columns: row.columns.0,
            records: row.records,
            version: row.version,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

/// The record itself, as it was written.
pub fn data_of(row: RecordRow) -> Value {
    row.data
}
