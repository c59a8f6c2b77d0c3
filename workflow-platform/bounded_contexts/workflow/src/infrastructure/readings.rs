//! What only the tables know of the queue and its workers, and the series that begin at nothing.

use std::{sync::Arc, time::Duration};

use shared_kernel::{
    application::Readings,
    infrastructure::db::{CountedGroups, Database},
};

use crate::{application::audit::Invariant, domain::execution::Status};

/// How often the queue is looked at.
const EVERY: Duration = Duration::from_secs(15);

/// Each kind is counted along an index of its own and up to a hundred thousand: a queue that is
/// longer is simply long. What has not ended and is in none of the three other places waits for
/// somebody's letter.
pub(super) const QUEUE: &str = "\
     WITH ready AS (SELECT count(*) AS n FROM (SELECT 1 FROM workflow_executions \
       WHERE ready_at IS NOT NULL LIMIT 100000) a), \
     timer AS (SELECT count(*) AS n FROM (SELECT 1 FROM workflow_executions \
       WHERE wake_at IS NOT NULL LIMIT 100000) b), \
     leased AS (SELECT count(*) AS n FROM (SELECT 1 FROM workflow_executions \
       WHERE worker_id IS NOT NULL LIMIT 100000) c), \
     open AS (SELECT count(*) AS n FROM (SELECT 1 FROM workflow_executions \
       WHERE finished_at IS NULL LIMIT 100000) d), \
     letter AS (SELECT open.n - ready.n - timer.n - leased.n AS n FROM open, ready, timer, leased) \
     SELECT 'ready', n FROM ready UNION ALL SELECT 'timer', n FROM timer \
     UNION ALL SELECT 'leased', n FROM leased \
     UNION ALL SELECT 'letter', CASE WHEN n > 0 THEN n ELSE 0 END FROM letter";

const LENGTHS: CountedGroups = CountedGroups {
    metric: "workflow_queue_executions",
    label: "kind",
    sql: QUEUE,
    always: &["ready", "timer", "leased", "letter"],
    every: EVERY,
};

/// When the oldest of up to as many came into the queue, in seconds since 1970; 0 for an empty one.
const OLDEST: CountedGroups = CountedGroups {
    metric: "workflow_queue_oldest_timestamp_seconds",
    label: "kind",
    sql: "SELECT 'ready', COALESCE(MIN(ready_at), 0) / 1000000 FROM \
          (SELECT ready_at FROM workflow_executions WHERE ready_at IS NOT NULL LIMIT 100000) a",
    always: &[],
    every: EVERY,
};

const WORKERS: CountedGroups = CountedGroups {
    metric: "workflow_workers",
    label: "state",
    sql: "SELECT 'alive', count(*) FROM workflow_workers WHERE dead_at IS NULL \
          UNION ALL SELECT 'gone', count(*) FROM workflow_workers WHERE dead_at IS NOT NULL",
    always: &[],
    every: EVERY,
};

/// The queue and the workers of all processes.
pub fn readings(database: &Database) -> Vec<Arc<dyn Readings>> {
    [LENGTHS, OLDEST, WORKERS].map(|groups| groups.of(database)).into()
}

/// Series that are there before anything happened, so that a first time is an increase.
pub fn register_metrics() {
    for name in [
        "workflow_journal_events_total",
        "workflow_snapshots_total",
        "workflow_journal_folded_events_total",
        "workflow_log_lines_dropped_total",
        "workflow_audit_rounds_total",
        "workflow_executions_forgotten_total",
        "workflow_leases_expired_total",
    ] {
        metrics::counter!(name).increment(0);
    }
    for status in [Status::Succeeded, Status::Failed, Status::Cancelled, Status::TimedOut] {
        metrics::counter!("workflow_executions_finished_total", "status" => status.as_str())
            .increment(0);
    }
    for invariant in Invariant::ALL {
        metrics::gauge!("workflow_audit_findings", "invariant" => invariant.as_str())
            .increment(0.0);
    }
    metrics::gauge!("workflow_executions_leased").increment(0.0);
}
