//! The fetcher, crawls and the archive against real servers on loopback, and datasets, on both
//! databases.

#![expect(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

mod crawling;
mod datasets;
mod fetching;
mod files;
mod guard;
mod guarded_proxies;
mod metering;
mod pages;
mod sessions;
mod step;
mod turns;
mod web;
