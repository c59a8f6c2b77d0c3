//! The context as its callers see it, on SQLite and, when `TEST_DATABASE_URL` is set, on
//! PostgreSQL, with real proxies on loopback.

#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

mod choice;
mod import;
mod inside;
mod lease;
mod probing;
mod race;
mod routes;
mod shared;
mod simulated;
mod sources;
mod support;
mod tests;
