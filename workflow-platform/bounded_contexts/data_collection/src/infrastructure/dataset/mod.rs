//! Datasets in the database.

mod store;
mod tables;
mod write;

pub use store::SqlDatasets;
pub use tables::migrations;
