//! Ends of executions by the hour, on SQLite or PostgreSQL.

mod store;
mod table;

pub use store::SqlEndCounts;
pub(super) use table::StatisticsTable;
