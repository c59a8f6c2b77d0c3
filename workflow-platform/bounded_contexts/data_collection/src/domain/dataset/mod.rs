//! Datasets: names, keys, columns, what a batch must be like and what it changes, and which
//! records are wanted.

mod batch;
mod cell;
mod columns;
mod contract;
mod diff;
mod filter;
mod formula;
mod name;
mod reason;
mod settings;
mod words;

pub use batch::{Batch, BatchError, Keyed, LARGEST_RECORD, MOST_RECORDS};
pub use cell::Cell;
pub use columns::{Column, ColumnEdit, ColumnError, ColumnType, Columns, FieldIndex, MOST_INDEXED};
pub use contract::{Breach, Contract, ContractError, LARGEST_DATASET, Rule};
pub use diff::{ChangeKind, FieldChange, diff};
pub use filter::{CREATED_AT, Condition, Filter, FilterError, Range, Test, UPDATED_AT};
pub use formula::is_formula;
pub use name::{BadName, DatasetName};
pub use reason::Reason;
pub use settings::{Retention, Settings};
pub use words::{LONGEST_SEARCH, Search, tokens};
