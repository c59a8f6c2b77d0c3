//! What the program of a login called itself, so that people tell their sessions apart.

use shared_kernel::infrastructure::db::NewColumn;

pub const SESSION_AGENT: NewColumn = NewColumn {
    name: "m20261124_000051_session_agent",
    table: "user_sessions",
    column: "user_agent",
    kind: "VARCHAR(200)",
    told: None,
};
