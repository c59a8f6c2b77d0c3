//! What happens because something happened: events on their way, and what they set off.
//!
//! **Vocabulary.** The *outbox* holds events, written in the transaction of the change they tell
//! of. The *relay* hands each to the *handlers* that want it. A handler either writes to the
//! database (`EventHandler`) or acts outside it (`EffectHandler`, such as a mail). The *inbox*
//! remembers (event, handler) pairs that are done. An event that keeps failing, or fails for good
//! (a mail that its server refuses), is *parked*: it stays in the table with its last error and
//! holds nobody up any more, until an administrator has it tried again or lets it go. A *process
//! manager* (`workflows/`) is a handler that has neighbouring contexts do something, through ports.
//!
//! **Invariants.**
//! * An event is delivered at least once; what a handler writes to the database happens once.
//! * Events of one aggregate are handled in the order they were written; one that waits for its
//!   next attempt holds back the later ones of its aggregate, and of no other.
//! * Any number of processes may run a relay: an event is leased to one at a time, and a process
//!   that lost its lease can no longer write the event off. With Redis, what one process leased is
//!   handed to all of them over a stream, an aggregate at a time.
//! * No transaction is open while an effect is under way.
//!
//! **Published events:** `event.replayed`, `event.discarded`.
//!
//! **Not here:** what the handlers of contexts do.

pub mod event_log;
mod handlers;
pub mod mail;
mod migrations;
pub mod parked;
mod relay;
pub mod status;
mod workflows;

pub use handlers::Handlers;
pub use mail::{
    BillingNotice, Customer, Customers, FolderMailer, LoweredNotice, PlanLimits, PlanStanding,
    SecurityNotice, SmtpMailer, SmtpSecurity, SmtpSettings, VerificationMail,
};
pub use migrations::migrations;
pub use parked::{EVENTS, ParkedEvents, ParkedFilter};
pub use relay::{Relay, RelayError, RelaySettings, Standing, register_metrics};
pub use workflows::{
    Accounts, PortError, ProxyPoolGifts, RunningWork, StopSuspended, WelcomeRegistered,
    WorkflowGifts,
};
