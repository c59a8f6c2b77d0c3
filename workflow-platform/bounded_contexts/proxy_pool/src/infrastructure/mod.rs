//! Adapters: tables, the stores on them, and the probe over HTTP.

mod check_store;
pub mod dial;
mod host_store;
mod migrations;
mod personal;
mod probe;
mod readings;
mod redis_leases;
mod rows;
mod source_store;
mod store;
mod test_store;
mod usage;

pub use host_store::SqlHostStore;
pub use migrations::migrations;
pub use personal::personal_data;
pub use probe::HttpProbe;
pub use readings::readings;
pub use redis_leases::RedisLeases;
pub use store::{SqlPoolStore, sealed_columns};
pub use test_store::SqlTestStore;
pub use usage::usage;
