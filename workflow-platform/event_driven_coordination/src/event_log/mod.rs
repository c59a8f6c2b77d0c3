//! What happened lately, as administrators look through it: every event of the outbox as long as it
//! is kept, with what became of it.

mod api;
mod error;
mod events;
mod kept;

pub use api::routes;
pub use error::EventsError;
pub use events::{EventLog, EventLogFilter, LoggedEvent, Reached};
pub use kept::KeptEvent;
pub(crate) use kept::only;
