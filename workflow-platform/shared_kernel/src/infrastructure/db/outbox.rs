//! How events are written into the outbox, one or many in a statement.

use sea_orm::Value as Parameter;
use serde_json::{Value, json};

use super::{
    AtOnce, Backend,
    columns::{Column, Kind, arrays, into, may, must},
};
use crate::domain::{DomainEvent, Id};

const COLUMNS: [Column; 11] = [
    must("id", Kind::Uuid),
    must("kind", Kind::Text),
    must("version", Kind::Int),
    must("aggregate", Kind::Text),
    must("aggregate_id", Kind::Text),
    may("user_id", Kind::Uuid),
    must("payload", Kind::Text),
    must("occurred_at", Kind::BigInt),
    may("request_id", Kind::Text),
    must("attempts", Kind::Int),
    must("due_at", Kind::BigInt),
];

/// How a statement begins that writes rows of [`outbox_values`].
pub fn outbox_into() -> String {
    into("outbox", &COLUMNS)
}

const FROM_SQLITE: &str = "SELECT unhex(value ->> 'id'), value ->> 'kind', value ->> 'version', \
     value ->> 'aggregate', value ->> 'aggregate_id', unhex(value ->> 'user_id'), \
     value ->> 'payload', value ->> 'occurred_at', value ->> 'request_id', 0, \
     value ->> 'occurred_at' FROM json_each({EVENTS}) AS new";

/// Binds events, and gives the statement that writes them. The caller may append a condition on the
/// rows of `new`.
pub fn outbox_insert<'a>(
    backend: Backend,
    work: &mut AtOnce,
    events: impl IntoIterator<Item = &'a DomainEvent>,
) -> String {
    let mut told = std::mem::take(&mut work.told);
    let events = events.into_iter().inspect(|event| told.add(&event.kind));
    let from = match backend {
        Backend::Postgres => {
            let rows = arrays(work, &COLUMNS, events.map(outbox_values));
            format!("SELECT * FROM ({rows}) AS new")
        }
        Backend::Sqlite => {
            let rows = events.map(row).collect::<Value>().to_string();
            FROM_SQLITE.replace("{EVENTS}", &work.bind(rows))
        }
    };
    work.told = told;
    format!("{} {from}", outbox_into())
}

/// An event as the values of its row.
pub fn outbox_values(event: &DomainEvent) -> [Parameter; COLUMNS.len()] {
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
