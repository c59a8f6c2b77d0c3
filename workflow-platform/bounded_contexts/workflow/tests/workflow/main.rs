//! Definitions, executions and schedules on real databases.

mod executions;
mod recovery;
mod schedules;
mod support;
