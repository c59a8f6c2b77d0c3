//! Uploaded files in the database.

mod personal;
mod store;
mod tables;

pub use personal::personal_data;
pub use store::SqlFiles;
pub use tables::migrations;
