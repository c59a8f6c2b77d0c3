//! Routes.

pub mod definitions;
pub mod executions;
