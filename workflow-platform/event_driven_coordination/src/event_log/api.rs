//! `GET /system/events`: for administrators.

use axum::extract::State;
use garde::Validate;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use shared_kernel::{
    api::{ApiQuery, BadRequest, Envelope, ErrorEnvelope, Failure, PageQuery, Reply},
    application::Principal,
    domain::{Page, Timestamp},
};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::{EventLog, EventLogFilter, LoggedEvent, Reached};

/// Routes of the module, without the `/api/v1` prefix.
pub fn routes(log: EventLog) -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(list)).with_state(log)
}

/// Which events are listed.
#[derive(Debug, Deserialize, Validate, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[into_params(parameter_in = Query)]
pub struct EventLogQuery {
    #[garde(length(min = 1, max = 120))]
    #[param(min_length = 1, max_length = 120, example = "user.logged_in")]
    pub kind: Option<String>,
    /// Id of what the events happened to, such as an execution's.
    #[garde(length(min = 1, max = 120))]
    #[param(min_length = 1, max_length = 120)]
    pub about: Option<String>,
    /// Whom the events are of.
    pub user: Option<Uuid>,
    /// How far they came.
    pub state: Option<Reached>,
    /// Rows of a page, 1 to 200; 50 unless given.
    #[garde(range(min = 1, max = 200))]
    #[param(minimum = 1, maximum = 200, example = 50)]
    pub limit: Option<u32>,
    /// `next_cursor` of the page before.
    #[garde(length(max = 200))]
    pub cursor: Option<String>,
}

impl EventLogQuery {
    fn filter(self) -> Result<EventLogFilter, BadRequest> {
        let Self { kind, about, user, state, .. } = self;
        BadRequest::unless_plain("kind", kind.as_deref())?;
        BadRequest::unless_plain("about", about.as_deref())?;
        Ok(EventLogFilter { kind, about, user, reached: state })
    }
}

/// Something that happened.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct LoggedEventView {
    pub id: Uuid,
    #[schema(example = "user.logged_in")]
    pub kind: String,
    pub aggregate: String,
    pub aggregate_id: String,
    pub user_id: Option<Uuid>,
    /// What the event says; its form depends on the kind.
    #[schema(value_type = Object)]
    pub payload: Value,
    pub occurred_at: Timestamp,
    pub state: Reached,
    /// Failed attempts to handle it.
    pub attempts: u32,
    /// Why the last attempt failed.
    pub error: Option<String>,
    pub request_id: Option<String>,
}

impl From<LoggedEvent> for LoggedEventView {
    fn from(LoggedEvent { event, reached }: LoggedEvent) -> Self {
        Self {
            id: event.id,
            kind: event.kind,
            aggregate: event.aggregate,
            aggregate_id: event.aggregate_id,
            user_id: event.user,
            payload: event.payload,
            occurred_at: event.occurred_at,
            state: reached,
            attempts: event.attempts,
            error: event.error,
            request_id: event.request_id,
        }
    }
}

/// What happened on the platform, the latest first, as long as events are kept.
#[utoipa::path(
    get, path = "/system/events", tag = "system", params(EventLogQuery),
    operation_id = "list_events",
    responses(
        (status = 200, body = Envelope<Page<LoggedEventView>>),
        (status = 403, body = ErrorEnvelope),
        (status = 422, body = ErrorEnvelope),
    ),
    security(("bearer" = [])),
)]
pub async fn list(
    State(log): State<EventLog>,
    who: Principal,
    ApiQuery(query): ApiQuery<EventLogQuery>,
) -> Result<Reply<Page<LoggedEventView>>, Failure> {
    let page = PageQuery::parse(query.limit, query.cursor.as_deref())?;
    let filter = query.filter()?;
    Ok(Reply::ok(log.list(&who, &filter, page).await?.map(Into::into)))
}
