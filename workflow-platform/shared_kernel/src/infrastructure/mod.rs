//! Adapters that every process needs.

pub mod audit_queue;
pub mod blob_bucket;
pub mod blob_folder;
pub mod cache;
pub mod cpu;
pub mod db;
mod hearing;
pub mod idempotency;
pub mod invariants;
pub mod local_bus;
pub mod local_limiter;
pub mod outbound;
pub mod postgres_bus;
pub mod process;
pub mod processes;
pub mod redis_bus;
pub mod redis_limiter;
pub mod redis_streams;
pub mod reseal;
pub mod sampler;
pub mod seal;
pub mod system;
pub mod telemetry;
pub mod together;
