//! Executions in the database, and what is heard of them on the bus.

mod board;
mod rows;
mod store;

pub use board::BusProgressBoard;
pub use store::SqlExecutions;
