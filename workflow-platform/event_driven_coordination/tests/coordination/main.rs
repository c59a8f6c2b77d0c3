//! Events on their way, on SQLite and, when `TEST_DATABASE_URL` is set, on PostgreSQL, with a
//! real SMTP conversation.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on fails by panicking"
)]

mod faults;
mod forms;
mod logged;
mod lowered;
mod mail;
mod parked;
mod relay;
mod streams;
mod support;
mod suspension;
mod tls;
mod welcome;
