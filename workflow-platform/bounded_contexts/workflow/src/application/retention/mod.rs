//! What is kept of executions that ended, and for how long.

mod budget;
mod lap;
mod ports;

pub use lap::{RetentionError, RetentionPorts, RetentionService, Swept};
pub use ports::{Kept, RetentionStore};
