//! `/workflow/definitions`.

use shared_kernel::{
    api::{ApiJson, ApiPath, ApiQuery, Empty, Envelope, ErrorEnvelope, Failure, PageQuery, Reply},
    application::Principal,
    domain::Page,
};
use uuid::Uuid;

use super::{
    Service,
    shapes::{
        DefinitionDetail, DefinitionListed, DefinitionSummary, DraftBody, ProblemView,
        RevisionBody, Verdict,
    },
};
use crate::domain::definition::Problem;

/// Your workflows, newest first, with how their last executions went.
#[utoipa::path(
    get, path = "/workflow/definitions", tag = "workflow", params(PageQuery),
    responses((status = 200, body = Envelope<Page<DefinitionListed>>), (status = 401, body = ErrorEnvelope)),
    security(("bearer" = [])),
)]
pub async fn list(
    service: Service,
    who: Principal,
    ApiQuery(query): ApiQuery<PageQuery>,
) -> Result<Reply<Page<DefinitionListed>>, Failure> {
    let now = service.now();
    let rows = service.list(&who, query.page()?).await?;
    Ok(Reply::ok(rows.map(|listed| DefinitionListed::new(listed, now))))
}

/// Saves a new workflow.
#[utoipa::path(
    post, path = "/workflow/definitions", tag = "workflow", request_body = DraftBody,
    responses(
        (status = 201, body = Envelope<DefinitionSummary>),
        (status = 402, description = "QUOTA_EXCEEDED: a schedule is due more often than the plan includes; `details.path` is its place", body = ErrorEnvelope),
        (status = 409, description = "DEFINITION_NAME_TAKEN", body = ErrorEnvelope),
        (status = 422, description = "DEFINITION_INVALID, with all problems in `details.problems`", body = ErrorEnvelope),
    ),
    security(("bearer" = [])),
)]
pub async fn create(
    service: Service,
    who: Principal,
    ApiJson(body): ApiJson<DraftBody>,
) -> Result<Reply<DefinitionSummary>, Failure> {
    let row = service.create(&who, body.into()).await?;
    Ok(Reply::created(DefinitionSummary::new(row, service.now())))
}

/// Checks a workflow without saving it.
#[utoipa::path(
    post, path = "/workflow/definitions/validate", tag = "workflow", request_body = DraftBody,
    responses((status = 200, body = Envelope<Verdict>), (status = 401, body = ErrorEnvelope)),
    security(("bearer" = [])),
)]
pub async fn validate(
    service: Service,
    who: Principal,
    ApiJson(body): ApiJson<DraftBody>,
) -> Result<Reply<Verdict>, Failure> {
    let problems = service.validate(&who, body.into()).await?;
    let valid = !problems.iter().any(Problem::is_error);
    let problems = problems.iter().map(ProblemView::from).collect();
    Ok(Reply::ok(Verdict { valid, problems }))
}

/// One workflow with its text.
#[utoipa::path(
    get, path = "/workflow/definitions/{id}", tag = "workflow", params(("id" = Uuid, Path, description = "workflow")),
    responses((status = 200, body = Envelope<DefinitionDetail>), (status = 404, body = ErrorEnvelope)),
    security(("bearer" = [])),
)]
pub async fn show(
    service: Service,
    who: Principal,
    ApiPath(id): ApiPath<Uuid>,
) -> Result<Reply<DefinitionDetail>, Failure> {
    let (row, content) = service.show(&who, id).await?;
    Ok(Reply::ok(DefinitionDetail::new(row, content, service.now())))
}

/// Saves the next version; content that is there already makes none.
#[utoipa::path(
    put, path = "/workflow/definitions/{id}", tag = "workflow", request_body = RevisionBody,
    params(("id" = Uuid, Path, description = "workflow")),
    responses(
        (status = 200, body = Envelope<DefinitionSummary>),
        (status = 402, description = "QUOTA_EXCEEDED: a schedule is due more often than the plan includes; `details.path` is its place", body = ErrorEnvelope),
        (status = 404, body = ErrorEnvelope),
        (status = 409, description = "DEFINITION_NAME_TAKEN or DEFINITION_CHANGED", body = ErrorEnvelope),
        (status = 422, description = "DEFINITION_INVALID", body = ErrorEnvelope),
    ),
    security(("bearer" = [])),
)]
pub async fn update(
    service: Service,
    who: Principal,
    ApiPath(id): ApiPath<Uuid>,
    ApiJson(body): ApiJson<RevisionBody>,
) -> Result<Reply<DefinitionSummary>, Failure> {
    let row = service.update(&who, id, body).await?;
    Ok(Reply::ok(DefinitionSummary::new(row, service.now())))
}

/// Deletes a workflow. Its executions stay.
#[utoipa::path(
    delete, path = "/workflow/definitions/{id}", tag = "workflow", params(("id" = Uuid, Path, description = "workflow")),
    responses((status = 200, body = Envelope<Empty>), (status = 404, body = ErrorEnvelope)),
    security(("bearer" = [])),
)]
pub async fn delete(
    service: Service,
    who: Principal,
    ApiPath(id): ApiPath<Uuid>,
) -> Result<Reply<Empty>, Failure> {
    service.delete(&who, id).await?;
    Ok(Reply::empty())
}
