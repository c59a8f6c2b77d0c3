//! How much is used of what plans limit.

use std::sync::Arc;

use shared_kernel::{
    application::{Limit, UsageSource},
    infrastructure::db::{CountedRows, Database},
};

const USED: CountedRows = CountedRows {
    limit: Limit::ConcurrentExecutions,
    sql: "SELECT count(*) FROM workflow_executions \
              WHERE user_id = $1 AND finished_at IS NULL AND fragment = 0",
};

/// Executions of somebody that have not ended.
pub fn usage(database: &Database) -> Arc<dyn UsageSource> {
    USED.of(database)
}
