//! `/workflow/executions`.

use axum::{extract::State, http::HeaderMap};
use shared_kernel::{
    api::{
        ApiJson, ApiPath, ApiQuery, Envelope, ErrorEnvelope, Failure, Reply, RequestContext,
        idempotency_key,
    },
    application::Principal,
    domain::{Execution, Id, Page},
};

use super::{
    Api,
    query::{ListQuery, LogQuery},
    shapes::{
        ExecutionCancelView, ExecutionDetailView, ExecutionStartedView, ExecutionView, StartBody,
    },
};
use crate::application::executions::{LogLine, StartExecution};

/// Your executions, newest first.
#[utoipa::path(
    get, path = "/workflow/executions", tag = "workflow", params(ListQuery),
    operation_id = "list_executions",
    responses(
        (status = 200, body = Envelope<Page<ExecutionView>>),
        (status = 401, body = ErrorEnvelope),
        (status = 422, body = ErrorEnvelope),
    ),
    security(("bearer" = [])),
)]
pub async fn list(
    State(api): Api,
    who: Principal,
    ApiQuery(query): ApiQuery<ListQuery>,
) -> Result<Reply<Page<ExecutionView>>, Failure> {
    let found = api.executions.list(&who, query.filter()?, query.page()?).await?;
    Ok(Reply::ok(found.map(Into::into)))
}

/// Starts a workflow.
///
/// With an `Idempotency-Key` of yours, a repeated request gives the execution that the first one
/// started, for a day.
// The engine keeps these keys itself, in the transaction of the start: no crash can part the two,
// and webhooks start under keys the same way. The gateway leaves operations alone that name the
// header in their own parameters.
#[utoipa::path(
    post, path = "/workflow/executions", tag = "workflow", request_body = StartBody,
    operation_id = "start_execution",
    params(("Idempotency-Key" = Option<String>, Header, description = "1 to 255 visible ASCII characters")),
    responses(
        (status = 201, body = Envelope<ExecutionStartedView>),
        (status = 402, description = "QUOTA_EXCEEDED", body = ErrorEnvelope),
        (status = 404, body = ErrorEnvelope),
        (status = 409, description = "IDEMPOTENCY_IN_PROGRESS", body = ErrorEnvelope),
        (status = 422, description = "parameters do not fit, or IDEMPOTENCY_KEY_REUSED", body = ErrorEnvelope),
    ),
    security(("bearer" = [])),
)]
pub async fn start(
    State(api): Api,
    who: Principal,
    headers: HeaderMap,
    ApiJson(body): ApiJson<StartBody>,
) -> Result<Reply<ExecutionStartedView>, Failure> {
    let request_id = RequestContext::current().request_id.to_string();
    let wanted = StartExecution {
        id: None,
        definition_id: body.definition_id,
        params: body.params,
        labels: body.labels,
        priority: body.priority,
        request_id: Some(request_id),
    };
    let started = match idempotency_key(&headers)? {
        Some(key) => api.executions.start_once(&who, &key, wanted).await?,
        None => api.executions.start(&who, wanted).await?,
    };
    Ok(Reply::created(started.into()))
}

/// One execution with its steps.
#[utoipa::path(
    get, path = "/workflow/executions/{id}", tag = "workflow",
    operation_id = "show_execution",
    params(("id" = uuid::Uuid, Path, description = "execution")),
    responses(
        (status = 200, body = Envelope<ExecutionDetailView>),
        (status = 404, body = ErrorEnvelope),
    ),
    security(("bearer" = [])),
)]
pub async fn show(
    State(api): Api,
    who: Principal,
    ApiPath(id): ApiPath<Id<Execution>>,
) -> Result<Reply<ExecutionDetailView>, Failure> {
    let details = api.executions.show(&who, id).await?;
    let locale = RequestContext::current().locale;
    Ok(Reply::ok(ExecutionDetailView::of(details, locale)))
}

/// Asks for the end of an execution. Asking again stops its cleaning up as well.
#[utoipa::path(
    post, path = "/workflow/executions/{id}/cancel", tag = "workflow",
    operation_id = "cancel_execution",
    params(("id" = uuid::Uuid, Path, description = "execution")),
    responses(
        (status = 202, body = Envelope<ExecutionCancelView>),
        (status = 404, body = ErrorEnvelope),
        (status = 409, description = "EXECUTION_ENDED", body = ErrorEnvelope),
    ),
    security(("bearer" = [])),
)]
pub async fn cancel(
    State(api): Api,
    who: Principal,
    ApiPath(id): ApiPath<Id<Execution>>,
) -> Result<Reply<ExecutionCancelView>, Failure> {
    let row = api.executions.cancel(&who, id).await?;
    let asked = ExecutionCancelView { id: row.id, status: row.status };
    Ok(Reply::accepted(asked).saying("正在取消", "It is being cancelled"))
}

/// The log of an execution, oldest line first.
#[utoipa::path(
    get, path = "/workflow/executions/{id}/logs", tag = "workflow",
    operation_id = "list_execution_logs",
    params(("id" = uuid::Uuid, Path, description = "execution"), LogQuery),
    responses(
        (status = 200, body = Envelope<Page<LogLine>>),
        (status = 404, body = ErrorEnvelope),
    ),
    security(("bearer" = [])),
)]
pub async fn logs(
    State(api): Api,
    who: Principal,
    ApiPath(id): ApiPath<Id<Execution>>,
    ApiQuery(query): ApiQuery<LogQuery>,
) -> Result<Reply<Page<LogLine>>, Failure> {
    let page = query.page()?;
    Ok(Reply::ok(api.executions.logs(&who, id, &query.filter()?, page).await?))
}
