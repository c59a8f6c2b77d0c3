//! Schedules: triggers and ticks in the database, and the loop that fires what is due.

mod by_token;
mod listeners;
mod rows;
mod scheduler;
mod store;

pub use scheduler::run_scheduler;
pub use store::SqlTriggers;
