//! What executions were started by, so that lists find them by it. The index is among those of
//! `list_indexes`.

use shared_kernel::infrastructure::db::{Backend, NewColumn};

pub const ORIGIN_COLUMN: NewColumn = NewColumn {
    name: "m20261126_000112_execution_origin",
    table: "workflow_executions",
    column: "origin",
    kind: "varchar(20)",
    told: Some(told_by_the_journal),
};

/// Older executions are told from the first event of their journal, where it is in its row.
fn told_by_the_journal(backend: Backend) -> String {
    let (automation, kind) = match backend {
        Backend::Postgres => (
            "v.payload::json #>> '{trigger,automation_id}'",
            "v.payload::json #>> '{trigger,kind}'",
        ),
        Backend::Sqlite => (
            "json_extract(v.payload, '$.trigger.automation_id')",
            "json_extract(v.payload, '$.trigger.kind')",
        ),
    };
    format!(
        "UPDATE workflow_executions SET origin = \
         CASE WHEN {automation} IS NOT NULL THEN 'automation' ELSE substr({kind}, 1, 20) END \
         FROM execution_events v \
         WHERE v.execution_id = workflow_executions.id AND v.seq = 1 AND v.blob IS NULL"
    )
}
