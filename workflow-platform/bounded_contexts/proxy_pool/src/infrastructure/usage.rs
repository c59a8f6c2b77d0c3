//! How much is used of what plans limit.

use std::sync::Arc;

use shared_kernel::{
    application::{Limit, UsageSource},
    infrastructure::db::{CountedRows, Database},
};

const USED: CountedRows =
    CountedRows { limit: Limit::Proxies, sql: "SELECT COUNT(*) FROM proxies WHERE owner_id = $1" };

/// Proxies that somebody has.
pub fn usage(database: &Database) -> Arc<dyn UsageSource> {
    USED.of(database)
}
