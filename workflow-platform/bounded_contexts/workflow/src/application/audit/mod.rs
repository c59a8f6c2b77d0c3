//! The engine looks after itself: what must always hold is checked while it runs.

mod check;
pub mod ports;
mod round;

pub use ports::{AuditStore, Audited, Finding, Invariant};
pub use round::{AuditPorts, AuditService, Round};
