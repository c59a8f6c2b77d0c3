//! Datasets in the database.

mod personal;
mod store;
mod tables;
mod usage;
mod write;

pub use personal::personal_data;
pub use store::SqlDatasets;
pub use tables::migrations;
pub use usage::usage;
