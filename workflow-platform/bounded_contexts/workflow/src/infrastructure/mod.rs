//! Adapters.

pub mod announce;
pub mod audit;
mod awaits_column;
mod children_columns;
pub mod definitions;
pub mod ending;
mod events_columns;
pub mod executions;
mod hooks_table;
mod inbox_table;
pub mod journal;
mod labels_table;
mod list_indexes;
pub mod openings;
mod origin_column;
pub mod personal;
pub mod queue;
pub mod readings;
pub mod retention;
mod retention_tables;
pub mod schedule;
pub mod script;
pub mod sealed;
mod snapshots_table;
mod start_keys_table;
pub mod statistics;
mod step_cache_table;
pub mod tables;
mod trace_column;
pub mod transform;
mod usage;
pub mod vault;
mod vault_table;
pub mod watch;
pub mod worker;

pub use usage::usage;
