//! `/system/events`: for administrators.

use axum::extract::State;
use garde::Validate;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use shared_kernel::{
    api::{
        ApiPath, ApiQuery, BadRequest, Empty, Envelope, ErrorEnvelope, Failure, PageQuery, Reply,
    },
    application::Principal,
    domain::{Page, Timestamp},
};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::{ParkedEvent, ParkedEvents, ParkedFilter};

type Module = State<ParkedEvents>;

/// Routes of the module, without the `/api/v1` prefix.
pub fn routes(module: ParkedEvents) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(discard))
        .routes(routes!(replay))
        .with_state(module)
}

/// Which events are listed.
#[derive(Debug, Deserialize, Validate, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[into_params(parameter_in = Query)]
pub struct ParkedQuery {
    #[garde(length(min = 1, max = 120))]
    #[param(min_length = 1, max_length = 120, example = "user.password_changed")]
    pub kind: Option<String>,
    /// Whom the events are of.
    pub user: Option<Uuid>,
    /// Rows of a page, 1 to 200; 50 unless given.
    #[garde(range(min = 1, max = 200))]
    #[param(minimum = 1, maximum = 200, example = 50)]
    pub limit: Option<u32>,
    /// `next_cursor` of the page before.
    #[garde(length(max = 200))]
    pub cursor: Option<String>,
}

/// An event that could not be handled.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ParkedEventView {
    pub id: Uuid,
    #[schema(example = "user.password_changed")]
    pub kind: String,
    pub aggregate: String,
    pub aggregate_id: String,
    pub user_id: Option<Uuid>,
    /// What the event says; its form depends on the kind.
    #[schema(value_type = Object)]
    pub payload: Value,
    pub occurred_at: Timestamp,
    pub parked_at: Timestamp,
    pub attempts: u32,
    /// Why the last attempt failed.
    pub error: String,
    pub request_id: Option<String>,
}

impl From<ParkedEvent> for ParkedEventView {
    fn from(ParkedEvent { event, parked_at }: ParkedEvent) -> Self {
        Self {
            id: event.id,
            kind: event.kind,
            aggregate: event.aggregate,
            aggregate_id: event.aggregate_id,
            user_id: event.user,
            payload: event.payload,
            occurred_at: event.occurred_at,
            parked_at,
            attempts: event.attempts,
            error: event.error.unwrap_or_default(),
            request_id: event.request_id,
        }
    }
}

/// Events that could not be handled, mails that were refused for good among them; the latest
/// first.
#[utoipa::path(
    get, path = "/system/events/parked", tag = "system", params(ParkedQuery),
    responses(
        (status = 200, body = Envelope<Page<ParkedEventView>>),
        (status = 403, body = ErrorEnvelope),
        (status = 422, body = ErrorEnvelope),
    ),
    security(("bearer" = [])),
)]
pub async fn list(
    State(module): Module,
    who: Principal,
    ApiQuery(query): ApiQuery<ParkedQuery>,
) -> Result<Reply<Page<ParkedEventView>>, Failure> {
    let page = PageQuery::parse(query.limit, query.cursor.as_deref())?;
    BadRequest::unless_plain("kind", query.kind.as_deref())?;
    let filter = ParkedFilter { kind: query.kind, user: query.user };
    Ok(Reply::ok(module.list(&who, &filter, page).await?.map(Into::into)))
}

/// Hands a parked event to everybody who has not handled it yet.
#[utoipa::path(
    post, path = "/system/events/parked/{id}/replay", tag = "system",
    params(("id" = Uuid, Path, description = "event")),
    responses(
        (status = 200, body = Envelope<Empty>),
        (status = 403, body = ErrorEnvelope),
        (status = 404, body = ErrorEnvelope),
    ),
    security(("bearer" = [])),
)]
pub async fn replay(
    State(module): Module,
    who: Principal,
    ApiPath(id): ApiPath<Uuid>,
) -> Result<Reply<Empty>, Failure> {
    module.replay(&who, id).await?;
    Ok(Reply::empty())
}

/// Lets a parked event go: nobody gets it any more.
#[utoipa::path(
    delete, path = "/system/events/parked/{id}", tag = "system",
    params(("id" = Uuid, Path, description = "event")),
    responses(
        (status = 200, body = Envelope<Empty>),
        (status = 403, body = ErrorEnvelope),
        (status = 404, body = ErrorEnvelope),
    ),
    security(("bearer" = [])),
)]
pub async fn discard(
    State(module): Module,
    who: Principal,
    ApiPath(id): ApiPath<Uuid>,
) -> Result<Reply<Empty>, Failure> {
    module.discard(&who, id).await?;
    Ok(Reply::empty())
}
