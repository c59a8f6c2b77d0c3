//! Adapters.

pub mod announce;
pub mod executions;
pub mod journal;
pub mod queue;
pub mod tables;
pub mod worker;
