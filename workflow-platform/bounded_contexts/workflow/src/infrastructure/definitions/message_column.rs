//! What somebody said of a version when they saved it.

use shared_kernel::infrastructure::db::NewColumn;

pub(super) const MESSAGE_COLUMN: NewColumn = NewColumn {
    name: "m20261126_000115_version_messages",
    table: "workflow_versions",
    column: "message",
    kind: "varchar(500)",
    told: None,
};
