//! Many proxies in one statement.

use serde_json::{Value, json};
use shared_kernel::{domain::Timestamp, infrastructure::db::Backend};

use super::super::rows::{self, signed};
use crate::{application::ports::ProxyChange, domain::Anonymity};

const INSERT_HEAD: &str = "INSERT INTO proxies (id, pool_id, owner_id, scheme, host, port, username, \
    sealed_password, source_id, next_check_at, state, failures_in_row, strikes, created_at) ";

pub(super) fn insert_sql(backend: Backend) -> String {
    let tail = match backend {
        Backend::Postgres => {
            "SELECT d.id, $2, $3, d.scheme, d.host, d.port, d.username, d.password, \
             d.source, d.check_at, 'unknown', 0, 0, $4 \
             FROM jsonb_to_recordset($1::jsonb) AS d(id uuid, scheme text, host text, port integer, \
             username text, password text, source uuid, check_at bigint) ON CONFLICT DO NOTHING"
        }
        Backend::Sqlite => {
            "SELECT unhex(d.value->>'id'), $2, $3, d.value->>'scheme', d.value->>'host', \
             d.value->>'port', d.value->>'username', d.value->>'password', \
             unhex(d.value->>'source'), d.value->>'check_at', 'unknown', 0, 0, $4 \
             FROM json_each($1) AS d WHERE true ON CONFLICT DO NOTHING"
        }
    };
    format!("{INSERT_HEAD}{tail}")
}

/// Sets state and latency, adds counts.
pub(super) fn update_sql(backend: Backend) -> String {
    let news = match backend {
        Backend::Postgres => {
            "jsonb_to_recordset($1::jsonb) AS d(id uuid, state text, failures_in_row integer, \
             strikes integer, cool_down_until bigint, requests bigint, successes bigint, \
             failures bigint, bytes bigint, latency_ms double precision, last_error text, \
             last_used_at bigint, anonymity text, exit_address text, checked_at bigint)"
        }
        Backend::Sqlite => {
            "(SELECT unhex(value->>'id') AS id, value->>'state' AS state, \
             value->>'failures_in_row' AS failures_in_row, value->>'strikes' AS strikes, \
             value->>'cool_down_until' AS cool_down_until, value->>'requests' AS requests, \
             value->>'successes' AS successes, value->>'failures' AS failures, \
             value->>'bytes' AS bytes, value->>'latency_ms' AS latency_ms, \
             value->>'last_error' AS last_error, value->>'last_used_at' AS last_used_at, \
             value->>'anonymity' AS anonymity, value->>'exit_address' AS exit_address, \
             value->>'checked_at' AS checked_at \
             FROM json_each($1)) AS d"
        }
    };
    format!(
        "UPDATE proxies SET state = d.state, failures_in_row = d.failures_in_row, \
         strikes = d.strikes, cool_down_until = d.cool_down_until, \
         requests = proxies.requests + d.requests, successes = proxies.successes + d.successes, \
         failures = proxies.failures + d.failures, bytes = proxies.bytes + d.bytes, \
         latency_ms = d.latency_ms, last_error = COALESCE(d.last_error, proxies.last_error), \
         last_used_at = COALESCE(d.last_used_at, proxies.last_used_at), \
         anonymity = COALESCE(d.anonymity, proxies.anonymity), \
         exit_address = COALESCE(d.exit_address, proxies.exit_address), \
         checked_at = COALESCE(d.checked_at, proxies.checked_at), changed_at = $2 \
         FROM {news} WHERE proxies.id = d.id"
    )
}

/// As `update_sql` reads it.
pub(super) fn change_row(change: &ProxyChange) -> Value {
    let (state, failures_in_row, strikes, until) = rows::health_columns(change.health);
    json!({
        "id": change.id.uuid().simple().to_string(),
        "state": state,
        "failures_in_row": failures_in_row,
        "strikes": strikes,
        "cool_down_until": until,
        "requests": change.usage.requests,
        "successes": change.usage.successes,
        "failures": change.usage.failures,
        "bytes": signed(change.usage.bytes),
        "latency_ms": change.latency_ms,
        "last_error": change.last_error,
        "last_used_at": change.last_used_at.map(Timestamp::micros),
        "anonymity": change.sight.as_ref().and_then(|sight| sight.anonymity).map(Anonymity::as_str),
        "exit_address": change.sight.as_ref().and_then(|sight| sight.exit_address.as_ref()),
        "checked_at": change.checked_at.map(Timestamp::micros),
    })
}
