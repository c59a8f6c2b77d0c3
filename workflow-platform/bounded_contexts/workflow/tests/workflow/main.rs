//! Definitions, executions and schedules on real databases.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on fails by panicking"
)]

mod again;
mod alike;
mod audit;
mod awaited;
mod caching;
mod children;
mod definitions;
mod executions;
mod hooks;
mod items;
mod journal;
mod limits;
mod listening;
mod quotas;
mod readings;
mod recovery;
mod retention;
mod routes;
mod schedule_limits;
mod schedules;
mod scripts;
mod signals;
mod snapshots;
mod starting_here;
mod starting_once;
mod statistics;
mod support;
mod transforms;
mod trials;
mod vault;
