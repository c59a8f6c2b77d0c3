//! Events as the outbox keeps them.

use sea_orm::{DbErr, QueryResult, Value};
use serde_json::Value as Json;
use shared_kernel::domain::Timestamp;
use uuid::Uuid;

/// An event, as long as it is kept.
#[derive(Debug, Clone, PartialEq)]
pub struct KeptEvent {
    pub id: Uuid,
    pub kind: String,
    pub aggregate: String,
    pub aggregate_id: String,
    pub user: Option<Uuid>,
    /// As it was recorded; what is secret in it is sealed. One that is no JSON is a text.
    pub payload: Json,
    pub occurred_at: Timestamp,
    /// Failed ones.
    pub attempts: u32,
    /// Why the last attempt failed.
    pub error: Option<String>,
    pub request_id: Option<String>,
}

impl KeptEvent {
    pub(crate) fn read(row: &QueryResult) -> Result<Self, DbErr> {
        let payload: String = row.try_get("", "payload")?;
        let attempts: i32 = row.try_get("", "attempts")?;
        Ok(Self {
            id: row.try_get("", "id")?,
            kind: row.try_get("", "kind")?,
            aggregate: row.try_get("", "aggregate")?,
            aggregate_id: row.try_get("", "aggregate_id")?,
            user: row.try_get("", "user_id")?,
            payload: serde_json::from_str(&payload).unwrap_or(Json::String(payload)),
            occurred_at: Timestamp::from_micros(row.try_get("", "occurred_at")?),
            attempts: u32::try_from(attempts).unwrap_or(0),
            error: row.try_get("", "last_error")?,
            request_id: row.try_get("", "request_id")?,
        })
    }
}

/// What follows a condition so that the columns have the values that are given.
pub(crate) fn only<const N: usize>(
    columns: [(&str, Option<Value>); N],
    values: &mut Vec<Value>,
) -> String {
    let mut only = String::new();
    for (column, value) in columns {
        if let Some(value) = value {
            values.push(value);
            only.push_str(&format!(" AND {column} = ${}", values.len()));
        }
    }
    only
}
