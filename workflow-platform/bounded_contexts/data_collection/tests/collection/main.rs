//! The fetcher against real servers on loopback, and datasets on both databases.

#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

mod datasets;
mod fetching;
mod files;
mod web;
