//! Definitions in the database.

mod store;
mod tables;

pub use store::SqlDefinitions;
pub use tables::migrations;
