//! Routes.

pub mod definitions;
pub mod executions;
pub mod steps;
pub mod templates;
pub mod vault;
