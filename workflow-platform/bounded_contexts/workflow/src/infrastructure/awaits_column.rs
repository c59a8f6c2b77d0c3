//! Who waits for a signal, so that lists find those executions among many that wait for a time.

use shared_kernel::infrastructure::db::{Backend, NewColumn, NewIndex};

pub const AWAITS_COLUMN: NewColumn = NewColumn {
    name: "m20261127_000122_execution_awaits",
    table: "workflow_executions",
    column: "awaits",
    kind: "varchar(100)",
    told: Some(told_by_the_journal),
};

/// Of those that wait already, the first wait for a signal in their journal that has not ended, where
/// it is in its row.
fn told_by_the_journal(backend: Backend) -> String {
    let (body, item) = match backend {
        Backend::Postgres => ("payload::json ->> 'step'", "payload::json ->> 'item'"),
        Backend::Sqlite => ("json_extract(payload, '$.step')", "json_extract(payload, '$.item')"),
    };
    let run = format!(
        "SELECT execution_id, seq, kind, {body} AS step, {item} AS item \
         FROM execution_events v WHERE v.execution_id = workflow_executions.id AND v.blob IS NULL"
    );
    format!(
        "UPDATE workflow_executions SET awaits = ( \
           SELECT w.step || COALESCE('.' || w.item, '') \
           FROM ({run} AND v.kind = 'step.awaiting') AS w \
           WHERE NOT EXISTS (SELECT 1 FROM ({run} AND v.kind IN \
               ('step.succeeded', 'step.failed', 'step.cancelled', 'execution.retried')) AS n \
             WHERE n.seq > w.seq AND (n.step IS NULL \
               OR (n.step = w.step AND n.item IS NOT DISTINCT FROM w.item))) \
           ORDER BY w.seq LIMIT 1) \
         WHERE finished_at IS NULL AND status = 'waiting'"
    )
}

/// Only those that wait for somebody are in it.
pub const AWAITS_INDEX: NewIndex = NewIndex {
    name: "m20261127_000123_execution_awaits_index",
    index: "workflow_executions_awaiting",
    on: "workflow_executions (user_id, created_at DESC, id DESC) WHERE awaits IS NOT NULL",
};
