//! The audit's queries, and the task that runs it by and by.

mod auditor;
mod store;

pub use auditor::run_auditor;
pub use store::SqlAudit;
