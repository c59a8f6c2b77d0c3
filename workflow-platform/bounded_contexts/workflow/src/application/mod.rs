//! Use cases, one a file.

pub mod executions;
