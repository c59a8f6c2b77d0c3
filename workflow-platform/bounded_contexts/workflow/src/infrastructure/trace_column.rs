//! What an execution is part of.

use shared_kernel::infrastructure::db::NewColumn;

pub const TRACE_COLUMN: NewColumn = NewColumn {
    name: "m20261126_000111_execution_trace",
    table: "workflow_executions",
    column: "traceparent",
    kind: "varchar(55)",
    told: None,
};
