//! The platform as its users see it: over HTTP, with real servers behind.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests fail by panicking"
)]

mod support;

mod actions;
mod automations;
mod backups;
mod bad_input;
mod blobs;
mod books;
mod collection;
mod conventions;
mod crash;
mod datasets;
mod demo;
mod failing;
mod files;
mod gateway;
mod inside;
mod isolation;
mod keys;
mod leaving;
mod limits;
mod log_files;
mod metrics;
mod outage;
mod politeness;
mod processes;
mod proxies;
mod proxy_gateway;
mod real_proxies;
mod roles;
mod templates;
mod traces;
mod users;
mod webhooks;
mod welcome;
mod workflow;
