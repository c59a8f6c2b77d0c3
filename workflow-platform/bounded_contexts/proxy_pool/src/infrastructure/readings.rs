//! How many proxies there are.

use std::{sync::Arc, time::Duration};

use shared_kernel::{
    application::Readings,
    infrastructure::db::{CountedGroups, Database},
};

const STATES: CountedGroups = CountedGroups {
    metric: "proxies",
    label: "state",
    sql: "SELECT state, count(*) FROM proxies GROUP BY state",
    always: &["unknown", "healthy", "degraded", "quarantined"],
    every: Duration::from_mins(1),
};

/// Proxies of everybody by state.
pub fn readings(database: &Database) -> Vec<Arc<dyn Readings>> {
    vec![STATES.of(database)]
}
