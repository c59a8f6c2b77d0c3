//! What the operator decides about hosts of the web.

mod decide;
mod error;
mod list;
mod ports;

pub use error::HostsError;
pub use ports::{HostRuleStore, HostRules};

use std::sync::Arc;

use shared_kernel::{domain::Ambient, infrastructure::db::Database};

/// Use cases of decisions about hosts.
#[derive(Clone)]
pub struct HostsModule {
    database: Database,
    store: Arc<dyn HostRuleStore>,
    rules: Arc<dyn HostRules>,
    ambient: Ambient,
}

impl HostsModule {
    pub fn new(
        database: Database,
        store: Arc<dyn HostRuleStore>,
        rules: Arc<dyn HostRules>,
        ambient: Ambient,
    ) -> Self {
        Self { database, store, rules, ambient }
    }
}
