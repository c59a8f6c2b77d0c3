//! The audit's queries, and the task that runs it by and by.

mod auditor;
mod store;

pub use auditor::Auditor;
pub use store::SqlAudit;
