//! Use cases, one a file.

pub mod audit;
pub mod definitions;
pub mod executions;
pub mod retention;
pub mod statistics;
pub mod templates;
pub mod trials;
pub mod triggers;
pub mod vault;
