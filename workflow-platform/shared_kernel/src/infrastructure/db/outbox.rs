//! How events are written into the outbox, one or many in a statement.

use sea_orm::Value as Parameter;
use serde_json::{Value, json};

use super::Backend;
use crate::domain::{DomainEvent, Id};

/// What rows of [`outbox_values`] are written with.
pub const OUTBOX_INTO: &str = "INSERT INTO outbox (id, kind, version, aggregate, aggregate_id, \
     user_id, payload, occurred_at, request_id, attempts, due_at)";

const FROM_POSTGRES: &str = "SELECT id, kind, version, aggregate, aggregate_id, user_id, payload, \
     occurred_at, request_id, 0, occurred_at \
     FROM jsonb_to_recordset({EVENTS}::jsonb) AS new(id uuid, kind text, version int, \
     aggregate text, aggregate_id text, user_id uuid, payload text, occurred_at bigint, \
     request_id text)";

const FROM_SQLITE: &str = "SELECT unhex(value ->> 'id'), value ->> 'kind', value ->> 'version', \
     value ->> 'aggregate', value ->> 'aggregate_id', unhex(value ->> 'user_id'), \
     value ->> 'payload', value ->> 'occurred_at', value ->> 'request_id', 0, \
     value ->> 'occurred_at' FROM json_each({EVENTS}) AS new";

/// A statement that writes the events which [`outbox_rows`] put into the parameter (`$1`). The
/// caller may append a condition on the rows of `new`.
pub fn outbox_insert(backend: Backend, parameter: &str) -> String {
    let from = match backend {
        Backend::Postgres => FROM_POSTGRES,
        Backend::Sqlite => FROM_SQLITE,
    };
    format!("{OUTBOX_INTO} {}", from.replace("{EVENTS}", parameter))
}

/// Events as a JSON text for [`outbox_insert`].
pub fn outbox_rows<'a>(events: impl IntoIterator<Item = &'a DomainEvent>) -> String {
    events.into_iter().map(row).collect::<Value>().to_string()
}

/// An event as the values of its row.
pub fn outbox_values(event: &DomainEvent) -> [Parameter; 11] {
    [
        event.id.uuid().into(),
        event.kind.clone().into(),
        i32::from(event.version).into(),
        event.aggregate.clone().into(),
        event.aggregate_id.clone().into(),
        event.user.map(Id::uuid).into(),
        event.payload.to_string().into(),
        event.occurred_at.into(),
        event.request_id.clone().into(),
        0.into(),
        event.occurred_at.into(),
    ]
}

fn row(event: &DomainEvent) -> Value {
    json!({
        "id": event.id.uuid().simple().to_string(),
        "kind": event.kind,
        "version": event.version,
        "aggregate": event.aggregate,
        "aggregate_id": event.aggregate_id,
        "user_id": event.user.map(|user| Id::uuid(user).simple().to_string()),
        "payload": event.payload.to_string(),
        "occurred_at": event.occurred_at.micros(),
        "request_id": event.request_id,
    })
}
