//! Decisions about hosts: in the database, and as this process remembers them.

mod remembered;
mod store;
mod table;

pub use remembered::RememberedRules;
pub use store::SqlHostRules;
pub use table::HostRulesTable;
