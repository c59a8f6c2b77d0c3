//! Use cases of datasets, one a file.

mod delete;
mod error;
mod list;
mod module;
pub mod ports;
mod records;
mod upsert;
mod upsert_action;

pub use error::DatasetsError;
pub use module::DatasetsModule;
pub use ports::{DatasetRow, DatasetStore, RecordRow};
pub use upsert::{Upsert, Upserted};
pub use upsert_action::DatasetUpsert;
pub(super) use upsert_action::failure as upsert_failure;
