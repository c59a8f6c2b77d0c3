//! Use cases of triggers: what starts workflows by itself.

mod fire;
mod list;
mod plan;
mod ports;
mod service;

pub use fire::{FireError, Fired};
pub use list::TriggerDetails;
pub use ports::{Outcome, Tick, TriggerRow, Triggers};
pub use service::{TriggerPorts, TriggerService};
