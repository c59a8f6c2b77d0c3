//! Datasets in the database.

mod catalog;
mod changes;
mod counts_table;
mod held;
mod index;
mod index_tables;
mod lookup;
mod personal;
mod records;
mod shares;
mod statements;
mod store;
mod tables;
mod usage;

pub use personal::personal_data;
pub use store::SqlDatasets;
pub use tables::migrations;
pub use usage::usage;
