//! Executions that run again, one or many, and many that end.

use axum::extract::State;
use garde::Validate;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use shared_kernel::{
    api::{ApiJson, ApiPath, BadRequest, Envelope, ErrorEnvelope, Failure, Reply, RequestContext},
    application::Principal,
    domain::{Execution, Id},
};

use super::{
    Api,
    query::FilterBody,
    shapes::{ExecutionStartedView, ExecutionView},
};
use crate::application::executions::{BulkAction, BulkOutcome, Chosen, Rerun};

/// Most executions named in one request.
const MOST: usize = 200;

/// Has a failed, timed out or cancelled execution go on where it failed. What succeeded is kept.
#[utoipa::path(
    post, path = "/workflow/executions/{id}/retry", tag = "workflow",
    operation_id = "retry_execution",
    params(("id" = uuid::Uuid, Path, description = "execution")),
    responses(
        (status = 202, body = Envelope<ExecutionView>),
        (status = 402, description = "QUOTA_EXCEEDED", body = ErrorEnvelope),
        (status = 404, body = ErrorEnvelope),
        (status = 409, description = "EXECUTION_NOT_FAILED", body = ErrorEnvelope),
    ),
    security(("bearer" = [])),
)]
pub async fn retry(
    State(api): Api,
    who: Principal,
    ApiPath(id): ApiPath<Id<Execution>>,
) -> Result<Reply<ExecutionView>, Failure> {
    let row = api.executions.retry(&who, id).await?;
    Ok(Reply::accepted(row.into()).saying("已重新排队", "It is queued again"))
}

/// From where and with what it runs again.
#[derive(Debug, Default, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "from_step": "books" }))]
pub struct RerunBody {
    /// The first step to run; steps that do not wait for it keep their recorded results. All
    /// steps run unless it is given.
    #[garde(length(max = 64))]
    pub from_step: Option<String>,
    /// Instead of those of the execution.
    #[garde(skip)]
    #[schema(value_type = Option<Object>)]
    pub params: Option<Value>,
    /// Of the workflow, instead of that of the execution.
    #[garde(range(min = 1))]
    pub version: Option<u32>,
}

/// Starts a new execution with the recorded results of this one.
#[utoipa::path(
    post, path = "/workflow/executions/{id}/rerun", tag = "workflow", request_body = RerunBody,
    operation_id = "rerun_execution",
    params(("id" = uuid::Uuid, Path, description = "execution")),
    responses(
        (status = 201, body = Envelope<ExecutionStartedView>),
        (status = 402, description = "QUOTA_EXCEEDED", body = ErrorEnvelope),
        (status = 404, body = ErrorEnvelope),
        (status = 422, description = "no such step or version, or parameters that do not fit", body = ErrorEnvelope),
    ),
    security(("bearer" = [])),
)]
pub async fn rerun(
    State(api): Api,
    who: Principal,
    ApiPath(id): ApiPath<Id<Execution>>,
    ApiJson(body): ApiJson<RerunBody>,
) -> Result<Reply<ExecutionStartedView>, Failure> {
    let RerunBody { from_step, params, version } = body;
    let request_id = RequestContext::current().request_id.to_string();
    let wanted = Rerun { from_step, params, version };
    let started = api.executions.rerun(&who, id, wanted, Some(request_id)).await?;
    Ok(Reply::created(started.into()))
}

/// What is done to which executions: give `ids` or `filter`.
#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "action": "retry", "filter": { "status": "failed" } }))]
pub struct BulkBody {
    #[garde(skip)]
    pub action: BulkActionName,
    /// Up to 200.
    #[garde(skip)]
    #[schema(value_type = Option<Vec<Uuid>>, max_items = 200)]
    pub ids: Option<Vec<Id<Execution>>>,
    /// The newest 200 that fit.
    #[garde(dive)]
    pub filter: Option<FilterBody>,
}

#[derive(Debug, Clone, Copy, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum BulkActionName {
    Cancel,
    Retry,
}

impl From<BulkActionName> for BulkAction {
    fn from(name: BulkActionName) -> Self {
        match name {
            BulkActionName::Cancel => Self::Cancel,
            BulkActionName::Retry => Self::Retry,
        }
    }
}

impl BulkBody {
    fn chosen(self) -> Result<Chosen, BadRequest> {
        match (self.ids, self.filter) {
            (Some(ids), None) if ids.len() <= MOST => Ok(Chosen::Ids(ids)),
            (Some(_), None) => Err(BadRequest::field("ids", "at most 200 are allowed")),
            (None, Some(filter)) => Ok(Chosen::Fitting(filter.filter()?)),
            _ => Err(BadRequest::field("ids", "give either ids or filter")),
        }
    }
}

/// What became of them.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct BulkView {
    #[schema(value_type = Vec<Uuid>)]
    pub done: Vec<Id<Execution>>,
    pub failures: Vec<BulkFailureView>,
    /// Further ones fit: ask again.
    pub more: bool,
}

/// One that was left as it is.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct BulkFailureView {
    #[schema(value_type = Uuid)]
    pub id: Id<Execution>,
    #[schema(example = "EXECUTION_NOT_FAILED")]
    pub code: &'static str,
    pub message: String,
}

impl From<BulkOutcome> for BulkView {
    fn from(outcome: BulkOutcome) -> Self {
        let locale = RequestContext::current().locale;
        let failures = outcome.failures.into_iter().map(|failure| BulkFailureView {
            id: failure.id,
            code: failure.code,
            message: failure.text.of(locale).to_owned(),
        });
        Self { done: outcome.done, failures: failures.collect(), more: outcome.more }
    }
}

/// Cancels or retries many executions. Each by itself: `failures` says which were left alone.
#[utoipa::path(
    post, path = "/workflow/executions/bulk", tag = "workflow", request_body = BulkBody,
    operation_id = "change_executions",
    responses(
        (status = 202, body = Envelope<BulkView>),
        (status = 401, body = ErrorEnvelope),
        (status = 422, body = ErrorEnvelope),
    ),
    security(("bearer" = [])),
)]
pub async fn bulk(
    State(api): Api,
    who: Principal,
    ApiJson(body): ApiJson<BulkBody>,
) -> Result<Reply<BulkView>, Failure> {
    let action = body.action.into();
    let outcome = api.executions.change_many(&who, action, body.chosen()?).await?;
    Ok(Reply::accepted(outcome.into()))
}
