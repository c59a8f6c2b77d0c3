//! Use cases of triggers: what starts workflows by itself.

mod backfill;
mod fire;
mod list;
mod pause;
mod plan;
mod ports;
mod service;
mod ticks;

pub use backfill::{BackfillError, Backfilled, Range};
pub use fire::{FireError, Fired};
pub use list::TriggerDetails;
pub use ports::{Outcome, Tick, TriggerRow, Triggers};
pub use service::{TriggerPorts, TriggerService};
