//! `/notifications/events`: notes as they come.

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
use serde_json::json;
use shared_kernel::{
    api::{BadRequest, ErrorEnvelope, Failure},
    application::Principal,
    domain::Cursor,
};

use super::{Service, shapes::NotificationView};
use crate::application::Update;

/// Between two signs that the stream lives.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// Follows your notifications as server-sent events, from now on or after `Last-Event-ID`. `event:
/// notification` has a note as its `data`; `event: unread` says how many are not read (up to 1000),
/// at first and whenever that changes. The stream ends after an hour; go on with the last `id`.
#[utoipa::path(
    get, path = "/notifications/events", tag = "automations",
    operation_id = "follow_notifications",
    params(("Last-Event-ID" = Option<String>, Header, description = "last id seen")),
    responses(
        (status = 200, content_type = "text/event-stream", body = String),
        (status = 401, body = ErrorEnvelope),
        (status = 422, body = ErrorEnvelope),
    ),
    security(("bearer" = [])),
)]
pub async fn events(
    State(service): Service,
    who: Principal,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let updates = service.follow(&who, last_seen(&headers)?).await?;
    let events = updates.map(|update| Ok::<_, Infallible>(event(update)));
    let sse = Sse::new(events).keep_alive(KeepAlive::new().interval(KEEP_ALIVE));
    Ok(([("cache-control", "no-store"), ("x-accel-buffering", "no")], sse).into_response())
}

fn last_seen(headers: &HeaderMap) -> Result<Option<Cursor>, BadRequest> {
    let Some(header) = headers.get("last-event-id") else { return Ok(None) };
    let cursor = header.to_str().ok().and_then(|text| Cursor::decode(text.trim()).ok());
    let bad = || BadRequest::field("Last-Event-ID", "must be the id of an event of this stream");
    cursor.map(Some).ok_or_else(bad)
}

fn event(update: Update) -> Event {
    match update {
        Update::Note(note, cursor) => {
            let data = json!(NotificationView::from(*note));
            Event::default().id(cursor.encode()).event("notification").data(data.to_string())
        }
        Update::Unread(unread) => {
            Event::default().event("unread").data(json!({ "unread": unread }).to_string())
        }
    }
}
