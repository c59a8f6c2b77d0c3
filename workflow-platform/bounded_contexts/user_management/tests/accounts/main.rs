//! Accounts as their callers see them, on SQLite and, when `TEST_DATABASE_URL` is set, on
//! PostgreSQL.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on fails by panicking"
)]

mod api_keys;
mod attempts;
mod audit;
mod availability;
mod change_email;
mod codes;
mod erasing;
mod leaving;
mod mfa;
mod new_device;
mod oneself;
mod oversight;
mod passwords;
mod profile;
mod register;
mod remembered;
mod routes;
mod saved_views;
mod sessions;
mod signing_out;
mod standing;
mod step_up;
mod support;
