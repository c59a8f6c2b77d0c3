//! Automations on SQLite and, when `TEST_DATABASE_URL` is set, on PostgreSQL.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on fails by panicking"
)]

mod acting;
mod firing;
mod following;
mod keeping;
mod notes;
mod receiver;
mod support;
mod timing;
mod trying;
mod webhooks;
