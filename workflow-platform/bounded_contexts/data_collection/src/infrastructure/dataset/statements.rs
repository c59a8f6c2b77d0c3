//! The statements of a batch. Many rows travel as one JSON parameter, which each engine takes
//! apart in its own way.

use serde_json::{Value, json};
use shared_kernel::infrastructure::db::Backend;

use crate::application::dataset::ports::{RemovedRecord, WrittenRecord};

fn text(data: &serde_json::Map<String, Value>) -> String {
    Value::Object(data.clone()).to_string()
}

/// Rows for [`upsert_sql`] and [`changes_sql`].
pub(super) fn rows(records: &[WrittenRecord<'_>]) -> String {
    let row = |written: &WrittenRecord<'_>| {
        json!({
            "id": written.id.simple().to_string(),
            "number": written.number,
            "key": written.record.key,
            "data": text(&written.record.data),
            "hash": written.record.hash,
            "before": written.before.as_ref().map(|before| text(&before.data)),
        })
    };
    Value::Array(records.iter().map(row).collect()).to_string()
}

/// Rows of what goes, for [`changes_sql`]: JSON's null is what follows.
pub(super) fn removed_rows(records: &[RemovedRecord]) -> String {
    let row = |removed: &RemovedRecord| {
        json!({
            "id": null,
            "number": removed.before.number,
            "key": removed.key,
            "data": "null",
            "hash": "",
            "before": text(&removed.before.data),
        })
    };
    Value::Array(records.iter().map(row).collect()).to_string()
}

fn source(backend: Backend) -> &'static str {
    match backend {
        Backend::Postgres => {
            "(SELECT * FROM jsonb_to_recordset($2::jsonb) \
             AS x(id uuid, number bigint, key text, data text, hash text, before text)) AS d"
        }
        Backend::Sqlite => {
            "(SELECT unhex(value ->> 'id') AS id, value ->> 'number' AS number, \
             value ->> 'key' AS key, value ->> 'data' AS data, value ->> 'hash' AS hash, \
             value ->> 'before' AS before FROM json_each($2)) AS d"
        }
    }
}

/// `$1` dataset, `$2` rows, `$3` version, `$4` time.
pub(super) fn upsert_sql(backend: Backend) -> String {
    format!(
        "INSERT INTO dataset_records \
         (id, number, dataset_id, key, data, hash, version, created_at, updated_at) \
         SELECT d.id, d.number, $1, d.key, d.data, d.hash, $3, $4, $4 FROM {} WHERE true \
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
pub(super) fn known_sql(backend: Backend) -> String {
    let keys = match backend {
        Backend::Postgres => "SELECT jsonb_array_elements_text($2::jsonb)",
        Backend::Sqlite => "SELECT value FROM json_each($2)",
    };
    format!(
        "SELECT number, key, hash, data, updated_at FROM dataset_records \
         WHERE dataset_id = $1 AND key IN ({keys})"
    )
}

/// Numbers in the parameter.
fn numbers(backend: Backend, parameter: &str) -> String {
    match backend {
        Backend::Postgres => {
            format!(
                "SELECT CAST(value AS BIGINT) AS value FROM jsonb_array_elements_text({parameter}::jsonb)"
            )
        }
        Backend::Sqlite => format!("SELECT value FROM json_each({parameter})"),
    }
}

/// `$1` number of the dataset, `$2` numbers of records, `$3` time.
pub(super) fn saw_sql(backend: Backend) -> String {
    let rows = numbers(backend, "$2");
    format!(
        "INSERT INTO dataset_seen (dataset, number, seen_at) \
         SELECT $1, n.value, $3 FROM ({rows}) AS n WHERE true \
         ON CONFLICT (number) DO UPDATE SET seen_at = excluded.seen_at"
    )
}

/// Of a table with numbers of records, those in `$1`.
pub(super) fn remove_sql(backend: Backend, table: &str) -> String {
    let column =
        if backend == Backend::Sqlite && table == "dataset_texts" { "rowid" } else { "number" };
    format!("DELETE FROM {table} WHERE {column} IN ({})", numbers(backend, "$1"))
}

/// Cells in `$2` as field, hexadecimal value and number; `$1` is the number of the dataset.
fn cells(backend: Backend) -> &'static str {
    match backend {
        Backend::Postgres => {
            "SELECT $1::bigint, CAST(e ->> 0 AS SMALLINT), decode(e ->> 1, 'hex'), \
             CAST(e ->> 2 AS BIGINT) FROM jsonb_array_elements($2::jsonb) AS e"
        }
        Backend::Sqlite => {
            "SELECT $1, value ->> 0, unhex(value ->> 1), value ->> 2 FROM json_each($2)"
        }
    }
}

pub(super) fn add_cells_sql(backend: Backend) -> String {
    format!(
        "INSERT INTO dataset_cells (dataset, field, value, number) \
         SELECT * FROM ({}) AS d WHERE true ON CONFLICT DO NOTHING",
        cells(backend)
    )
}

pub(super) fn remove_cells_sql(backend: Backend) -> String {
    format!(
        "DELETE FROM dataset_cells WHERE (dataset, field, value, number) IN ({})",
        cells(backend)
    )
}

/// Texts in `$1`: numbers with tokens.
pub(super) fn texts_sql(backend: Backend) -> &'static str {
    match backend {
        Backend::Postgres => {
            "INSERT INTO dataset_texts (number, tokens) \
             SELECT CAST(e ->> 0 AS BIGINT), \
             array_to_tsvector(ARRAY(SELECT jsonb_array_elements_text(e -> 1))) \
             FROM jsonb_array_elements($1::jsonb) AS e WHERE true \
             ON CONFLICT (number) DO UPDATE SET tokens = excluded.tokens"
        }
        Backend::Sqlite => {
            "INSERT OR REPLACE INTO dataset_texts (rowid, tokens) \
             SELECT value ->> 0, \
             (SELECT group_concat(t.value, ' ') FROM json_each(e.value, '$[1]') AS t) \
             FROM json_each($1) AS e"
        }
    }
}
