//! Use cases of triggers: what starts workflows by itself.

mod backfill;
mod calendar;
mod event;
mod fire;
mod held;
mod hook;
mod list;
mod pause;
mod plan;
mod ports;
mod service;
mod ticks;

pub use backfill::{BackfillError, Backfilled, Range};
pub use calendar::{Calendar, CalendarError, NamedCalendar, Span};
pub use event::StartOnEvent;
pub use fire::{FireError, Fired};
pub use hook::{Call, CallError, Called};
pub use list::{HookDetails, NamedDetails, TriggerDetails};
pub use ports::{Hook, Listeners, NamedTrigger, Outcome, Tick, TriggerRow, Triggers};
pub use service::{TriggerPorts, TriggerService};
