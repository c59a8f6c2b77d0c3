//! Accounts as their callers see them, on SQLite and, when `TEST_DATABASE_URL` is set, on
//! PostgreSQL.

mod codes;
mod register;
mod routes;
mod sessions;
mod support;
