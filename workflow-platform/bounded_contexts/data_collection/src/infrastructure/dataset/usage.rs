//! How much is used of what plans limit.

use std::sync::Arc;

use shared_kernel::{
    application::{Limit, UsageSource},
    infrastructure::db::{CountedRows, Database},
};

const USED: CountedRows = CountedRows {
    limit: Limit::DatasetRecords,
    sql: "SELECT CAST(COALESCE(SUM(records), 0) AS BIGINT) FROM datasets \
              WHERE user_id = $1",
};

/// Records that somebody has.
pub fn usage(database: &Database) -> Arc<dyn UsageSource> {
    USED.of(database)
}
