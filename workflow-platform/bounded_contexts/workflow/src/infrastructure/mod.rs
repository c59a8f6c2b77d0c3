//! Adapters.

pub mod definitions;
pub mod script;
pub mod announce;
pub mod executions;
pub mod journal;
pub mod queue;
pub mod schedule;
pub mod tables;
pub mod worker;
