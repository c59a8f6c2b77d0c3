//! Routes.

pub mod definitions;
pub mod executions;
pub mod vault;
