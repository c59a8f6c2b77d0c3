//! Definitions in the database.

mod message_column;
mod newest;
mod standings;
mod store;
mod tables;

pub use store::SqlDefinitions;
pub use tables::migrations;
