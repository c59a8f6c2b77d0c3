//! Routes.

pub mod definitions;
pub mod executions;
pub mod templates;
pub mod vault;
