//! Datasets: names, keys, columns, and what a batch changes.

mod batch;
mod columns;
mod name;

pub use batch::{Batch, BatchError, Keyed, LARGEST_RECORD, MOST_RECORDS};
pub use columns::{Column, ColumnType, Columns};
pub use name::{BadName, DatasetName};
