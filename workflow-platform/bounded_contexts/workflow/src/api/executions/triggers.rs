//! `/workflow/definitions/{id}/triggers`.

use axum::extract::State;
use serde::Serialize;
use shared_kernel::{
    api::{ApiPath, Envelope, ErrorEnvelope, Failure, Reply},
    application::Principal,
    domain::{Page, Timestamp},
};
use uuid::Uuid;

use super::Api;
use crate::{
    application::triggers::TriggerDetails,
    domain::definition::{Misfire, Overlap},
};

/// One trigger of a workflow.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct TriggerView {
    pub id: Uuid,
    #[schema(example = "cron")]
    pub kind: &'static str,
    #[schema(example = "0 8 * * *")]
    pub expression: String,
    #[schema(example = "Asia/Shanghai")]
    pub timezone: String,
    pub paused: bool,
    pub misfire: Misfire,
    pub overlap: Overlap,
    pub next_runs: Vec<Timestamp>,
}

impl From<TriggerDetails> for TriggerView {
    fn from(details: TriggerDetails) -> Self {
        Self {
            id: details.id,
            kind: "cron",
            expression: details.spec.cron,
            timezone: details.spec.timezone,
            paused: details.paused,
            misfire: details.spec.misfire,
            overlap: details.spec.overlap,
            next_runs: details.next_runs,
        }
    }
}

/// The triggers of a workflow and when they run next.
#[utoipa::path(
    get, path = "/workflow/definitions/{id}/triggers", tag = "workflow",
    operation_id = "list_triggers",
    params(("id" = Uuid, Path, description = "workflow")),
    responses(
        (status = 200, body = Envelope<Page<TriggerView>>),
        (status = 404, body = ErrorEnvelope),
    ),
    security(("bearer" = [])),
)]
pub async fn list(
    State(api): Api,
    who: Principal,
    ApiPath(id): ApiPath<Uuid>,
) -> Result<Reply<Page<TriggerView>>, Failure> {
    let found = api.triggers.list(&who, id).await?;
    let items = found.into_iter().map(Into::into).collect();
    Ok(Reply::ok(Page { items, next_cursor: None }))
}
