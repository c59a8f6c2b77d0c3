//! Lists as one parameter of a statement, so that its text stays the same however long they are
//! and the database need not read it anew each time.

use sea_orm::Value;
use serde_json::json;
use shared_kernel::infrastructure::db::Backend;

/// For `position IN {}`: the numbers that [`numbers`] put into the parameter.
pub(super) const fn among(backend: Backend) -> &'static str {
    match backend {
        Backend::Postgres => {
            "(SELECT CAST(value AS BIGINT) FROM jsonb_array_elements_text($1::jsonb))"
        }
        Backend::Sqlite => "(SELECT value FROM json_each($1))",
    }
}

/// The same for pairs of numbers.
pub(super) const fn among_pairs(backend: Backend) -> &'static str {
    match backend {
        Backend::Postgres => {
            "(SELECT CAST(value ->> 0 AS BIGINT), CAST(value ->> 1 AS BIGINT) \
             FROM jsonb_array_elements($1::jsonb))"
        }
        Backend::Sqlite => "(SELECT value ->> 0, value ->> 1 FROM json_each($1))",
    }
}

pub(super) fn numbers(of: &[i64]) -> Value {
    json!(of).to_string().into()
}

pub(super) fn pairs(of: impl IntoIterator<Item = (i64, i64)>) -> Value {
    json!(of.into_iter().collect::<Vec<_>>()).to_string().into()
}
