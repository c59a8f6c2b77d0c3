//! How many people there are.

use std::{sync::Arc, time::Duration};

use shared_kernel::{
    application::Readings,
    infrastructure::db::{CountedGroups, Database},
};

/// Along the index of their status.
const USERS: CountedGroups = CountedGroups {
    metric: "users",
    label: "status",
    sql: "SELECT status, count(*) FROM users GROUP BY status",
    always: &["active", "suspended"],
    every: Duration::from_mins(1),
};

/// Accounts by their status.
pub fn readings(database: &Database) -> Vec<Arc<dyn Readings>> {
    vec![USERS.of(database)]
}
