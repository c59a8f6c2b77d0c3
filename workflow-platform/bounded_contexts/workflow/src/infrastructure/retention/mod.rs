//! Forgetting in the database, and the task that does it by and by.

mod janitor;
mod partitions;
mod store;

pub use janitor::run_janitor;
pub(super) use partitions::{Month, Partitions};
pub use store::SqlRetention;
