//! Executions in the database, and what is heard of them on the bus.

mod board;
mod insert;
mod list;
mod rows;
mod start_keys;
mod starts;
mod step_cache;
mod store;

pub use board::BusProgressBoard;
pub use start_keys::SqlStartKeys;
pub use step_cache::SqlStepCache;
pub use store::SqlExecutions;
