//! Use cases of datasets, one a file.

mod changes;
mod collected;
mod create;
mod delete;
mod edit;
mod error;
mod export;
mod find;
mod held;
mod housekeeping;
mod import;
mod import_lines;
mod look;
mod mode;
mod module;
pub mod ports;
mod publish;
mod query;
mod query_action;
mod record;
mod remove;
mod share;
mod shared;
mod statistics;
mod upsert_action;
mod write;
mod written_by;

pub use changes::Delta;
pub use collected::Buckets;
pub use edit::DatasetEdit;
pub use error::DatasetsError;
pub use export::HowMany;
pub use held::HeldBatch;
pub use import::{BadLine, Import, ImportReport};
pub use import_lines::{CellTypes, FileFormat};
pub use mode::Mode;
pub use module::DatasetsModule;
pub use ports::{
    Author, Cause, ChangeRow, DatasetRow, DatasetStore, HeldRow, HeldState, Order, RecordRow,
    ShareRow, VersionRow, WritesRow,
};
pub use publish::Written;
pub use query::{Found, Query, may_be_cursor};
pub use query_action::DatasetQuery;
pub use record::{History, Recorded};
pub use remove::Removed;
pub use share::{NewShare, Shared};
pub use shared::Opened;
pub use statistics::{FieldStatistics, Frequency};
pub use upsert_action::DatasetUpsert;
pub(super) use upsert_action::failure as upsert_failure;
pub use write::Write;
