//! `/notifications`.

use std::sync::Arc;

use axum::extract::State;
use garde::Validate;
use serde::Deserialize;
use shared_kernel::{
    api::{ApiPath, ApiQuery, Empty, Envelope, ErrorEnvelope, Failure, PageQuery, Reply},
    application::Principal,
    domain::{Id, Page},
};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    Service, events,
    shapes::{NotificationView, ReadView, UnreadView},
};
use crate::{application::AutomationService, domain::Notification};

pub(super) fn routes() -> OpenApiRouter<Arc<AutomationService>> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(unread))
        .routes(routes!(read_all))
        .routes(routes!(read))
        .routes(routes!(events::events))
}

/// Filter of notes.
#[derive(Debug, Deserialize, Validate, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct NotificationQuery {
    /// Only those that are not read.
    #[garde(skip)]
    pub unread: Option<bool>,
    /// Rows of a page, 1 to 200; 50 unless given.
    #[garde(range(min = 1, max = 200))]
    #[param(minimum = 1, maximum = 200, example = 50)]
    pub limit: Option<u32>,
    /// `next_cursor` of the page before.
    #[garde(length(max = 200))]
    pub cursor: Option<String>,
}

/// What automations noted for you, newest first, for 30 days.
#[utoipa::path(
    get, path = "/notifications", tag = "automations", params(NotificationQuery),
    responses((status = 200, body = Envelope<Page<NotificationView>>), (status = 401, body = ErrorEnvelope)),
    security(("bearer" = [])),
)]
pub async fn list(
    State(service): Service,
    who: Principal,
    ApiQuery(query): ApiQuery<NotificationQuery>,
) -> Result<Reply<Page<NotificationView>>, Failure> {
    let page = PageQuery::parse(query.limit, query.cursor.as_deref())?;
    let unread = query.unread.unwrap_or(false);
    Ok(Reply::ok(service.notifications(&who, unread, page).await?.map(Into::into)))
}

/// How many notes are not read, up to 1000.
#[utoipa::path(
    get, path = "/notifications/unread", tag = "automations",
    responses((status = 200, body = Envelope<UnreadView>), (status = 401, body = ErrorEnvelope)),
    security(("bearer" = [])),
)]
pub async fn unread(State(service): Service, who: Principal) -> Result<Reply<UnreadView>, Failure> {
    Ok(Reply::ok(UnreadView { unread: service.unread(&who).await? }))
}

/// Marks all notes as read.
#[utoipa::path(
    post, path = "/notifications/read", tag = "automations",
    responses((status = 200, body = Envelope<ReadView>), (status = 401, body = ErrorEnvelope)),
    security(("bearer" = [])),
)]
pub async fn read_all(State(service): Service, who: Principal) -> Result<Reply<ReadView>, Failure> {
    Ok(Reply::ok(ReadView { read: service.read_all(&who).await? }))
}

/// Marks a note as read.
#[utoipa::path(
    post, path = "/notifications/{id}/read", tag = "automations",
    params(("id" = uuid::Uuid, Path, description = "notification")),
    responses((status = 200, body = Envelope<Empty>), (status = 404, body = ErrorEnvelope)),
    security(("bearer" = [])),
)]
pub async fn read(
    State(service): Service,
    who: Principal,
    ApiPath(id): ApiPath<Id<Notification>>,
) -> Result<Reply<Empty>, Failure> {
    service.read(&who, id).await?;
    Ok(Reply::empty())
}
