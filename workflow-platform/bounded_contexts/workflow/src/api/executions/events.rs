//! `/workflow/executions/{id}/events`: the journal as it grows.

use std::{convert::Infallible, time::Duration};

use axum::{
    extract::State,
    http::HeaderMap,
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use futures::StreamExt as _;
use serde_json::{Value, json};
use shared_kernel::{
    api::{ApiPath, BadRequest, ErrorEnvelope, Failure},
    application::Principal,
    domain::{Execution, Id},
};

use super::{Api, journal::EntryView};
use crate::application::executions::{StoredEvent, Update};

/// Between two signs that the stream lives.
const KEEP_ALIVE: Duration = Duration::from_secs(15);
/// Larger values of inputs, outputs and items are left out; the execution itself has them.
const LARGEST: usize = 16 * 1024;

/// Follows an execution as server-sent events. `id` is the number in the journal, `event` its
/// kind, `data` its body; `progress` events have no id. Resumes after `Last-Event-ID` and ends
/// with `event: end`.
#[utoipa::path(
    get, path = "/workflow/executions/{id}/events", tag = "workflow",
    operation_id = "follow_execution",
    params(
        ("id" = uuid::Uuid, Path, description = "execution"),
        ("Last-Event-ID" = Option<i64>, Header, description = "last number seen"),
    ),
    responses(
        (status = 200, content_type = "text/event-stream", body = String),
        (status = 404, body = ErrorEnvelope),
        (status = 422, body = ErrorEnvelope),
    ),
    security(("bearer" = [])),
)]
pub async fn events(
    State(api): Api,
    who: Principal,
    ApiPath(id): ApiPath<Id<Execution>>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let updates = api.executions.watch(&who, id, last_seen(&headers)?).await?;
    let events = updates.map(|update| Ok::<_, Infallible>(event(&update)));
    let sse = Sse::new(events).keep_alive(KeepAlive::new().interval(KEEP_ALIVE));
    Ok(([("cache-control", "no-store"), ("x-accel-buffering", "no")], sse).into_response())
}

fn last_seen(headers: &HeaderMap) -> Result<i64, BadRequest> {
    let Some(header) = headers.get("last-event-id") else { return Ok(0) };
    let number = header.to_str().ok().and_then(|text| text.trim().parse().ok());
    number
        .filter(|number| *number >= 0)
        .ok_or_else(|| BadRequest::field("Last-Event-ID", "must be the number of an event"))
}

fn event(update: &Update) -> Event {
    match update {
        Update::Event(stored) => Event::default()
            .id(stored.seq.to_string())
            .event(stored.event.kind())
            .data(body(stored).to_string()),
        Update::Progress(progress) => {
            Event::default().event("progress").data(json!(progress).to_string())
        }
        Update::End(status) => {
            Event::default().event("end").data(json!({ "status": status }).to_string())
        }
    }
}

/// The event's body with its number and time, without what is too large to be pushed.
fn body(stored: &StoredEvent) -> Value {
    let EntryView { seq, at, mut body, shortened, .. } = EntryView::short(stored, LARGEST);
    if shortened {
        body.insert("shortened".to_owned(), Value::Bool(true));
    }
    body.insert("seq".to_owned(), json!(seq));
    body.insert("at".to_owned(), json!(at));
    Value::Object(body)
}
