//! The statements of a batch. Many rows travel as one JSON parameter, which each engine takes
//! apart in its own way.

use serde_json::{Value, json};
use shared_kernel::infrastructure::db::Backend;

use crate::application::dataset::ports::WrittenRecord;

/// Rows for the statements below.
pub(super) fn rows(records: &[WrittenRecord<'_>]) -> Value {
    let row = |written: &WrittenRecord<'_>| {
        json!({
            "id": written.id.simple().to_string(),
            "key": written.record.key,
            "data": Value::Object(written.record.data.clone()).to_string(),
            "hash": written.record.hash,
            "before": written.before,
        })
    };
    Value::Array(records.iter().map(row).collect())
}

fn source(backend: Backend) -> &'static str {
    match backend {
        Backend::Postgres => {
            "(SELECT * FROM jsonb_to_recordset($2::jsonb) \
             AS x(id uuid, key text, data text, hash text, before text)) AS d"
        }
        Backend::Sqlite => {
            "(SELECT unhex(value ->> 'id') AS id, value ->> 'key' AS key, value ->> 'data' AS data, \
             value ->> 'hash' AS hash, value ->> 'before' AS before FROM json_each($2)) AS d"
        }
    }
}

/// `$1` dataset, `$2` rows, `$3` version, `$4` time.
pub(super) fn upsert_sql(backend: Backend) -> String {
    format!(
        "INSERT INTO dataset_records (id, dataset_id, key, data, hash, version, created_at, updated_at) \
         SELECT d.id, $1, d.key, d.data, d.hash, $3, $4, $4 FROM {} WHERE true \
         ON CONFLICT (dataset_id, key) DO UPDATE SET data = excluded.data, hash = excluded.hash, \
         version = excluded.version, updated_at = excluded.updated_at",
        source(backend)
    )
}

/// `$1` dataset, `$2` rows, `$3` version, `$4` time.
pub(super) fn changes_sql(backend: Backend) -> String {
    format!(
        "INSERT INTO dataset_changes (dataset_id, key, version, before, data, at) \
         SELECT $1, d.key, $3, d.before, d.data, $4 FROM {}",
        source(backend)
    )
}

/// `$1` dataset, `$2` keys.
pub(super) fn known_sql(backend: Backend) -> &'static str {
    match backend {
        Backend::Postgres => {
            "SELECT key, hash, data FROM dataset_records WHERE dataset_id = $1 \
             AND key IN (SELECT jsonb_array_elements_text($2::jsonb))"
        }
        Backend::Sqlite => {
            "SELECT key, hash, data FROM dataset_records WHERE dataset_id = $1 \
             AND key IN (SELECT value FROM json_each($2))"
        }
    }
}
