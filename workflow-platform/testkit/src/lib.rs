//! What tests of all rooms share: a database per test, a clock to move, real servers to talk to.
//!
//! It knows the kernel only, so that every context can use it; the test application, which knows
//! everybody, stands beside the HTTP tests.

#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot be set up fails by panicking"
)]

pub mod clock;
pub mod database;
pub mod identity;
pub mod inside;
pub mod nginx;
pub mod no_keys;
pub mod postgres_server;
pub mod proxy;
pub mod real_proxy;
pub mod redis_server;
pub mod report;
pub mod routes;
pub mod s3;
pub mod smtp;
pub mod step;
pub mod tls_site;
pub mod trail;
mod zip;

pub use clock::{MovableClock, SeededEntropy, ambient};
pub use database::{
    TestDatabase, databases, postgres, postgres_database, postgres_settings, redis_url,
};
pub use identity::Identity;
pub use inside::Inside;
pub use nginx::Nginx;
pub use no_keys::NoKeys;
pub use postgres_server::{PostgresServer, postgres_programs};
pub use real_proxy::RealProxy;
pub use redis_server::RedisServer;
pub use s3::S3Server;
pub use tls_site::TlsSite;
pub use trail::Trail;
pub use zip::zip;
