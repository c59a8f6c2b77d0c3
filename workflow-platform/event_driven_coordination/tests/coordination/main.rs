//! Events on their way, on SQLite and, when `TEST_DATABASE_URL` is set, on PostgreSQL, with a
//! real SMTP conversation.

mod mail;
mod relay;
mod support;
