//! `/workflow/definitions/{id}/versions`.

use garde::Validate;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use shared_kernel::{
    api::{ApiJson, ApiPath, ApiQuery, Envelope, ErrorEnvelope, Failure, PageQuery, Reply},
    application::Principal,
    domain::{Page, Timestamp},
};
use uuid::Uuid;

use super::{
    Service,
    shapes::{DefinitionSummary, DraftDiffBody},
};
use crate::{
    application::definitions::{Difference, VersionInfo},
    domain::definition::Change,
};

/// A version in a list.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct VersionSummary {
    #[schema(example = 3)]
    pub version: u32,
    pub created_at: Timestamp,
    /// What was said of it when it was saved.
    #[schema(example = "Follow the site's new address")]
    pub message: Option<String>,
}

impl From<VersionInfo> for VersionSummary {
    fn from(VersionInfo { version, created_at, message }: VersionInfo) -> Self {
        Self { version, created_at, message }
    }
}

/// The content of a version.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct VersionDetail {
    #[schema(example = 3)]
    pub version: u32,
    /// The text as it was saved.
    pub source: String,
    /// The model as JSON.
    #[schema(value_type = Object)]
    pub definition: Value,
}

/// Which versions are compared.
#[derive(Debug, Deserialize, Validate, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DiffQuery {
    #[garde(range(min = 1))]
    #[param(example = 1)]
    from: u32,
    #[garde(range(min = 1))]
    #[param(example = 2)]
    to: u32,
}

/// What one version changed in another.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct DiffView {
    pub from: u32,
    pub to: u32,
    /// Unified diff of the texts; empty when they are equal.
    pub text: String,
    /// The same value by value.
    pub changes: Vec<Change>,
}

/// What a draft changes in the version it was made from.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct DraftDiffView {
    pub from: u32,
    /// The newest version now: another one than `from` when somebody saved meanwhile.
    pub newest: u32,
    /// Unified diff of the texts; empty when they are equal.
    pub text: String,
    /// The same value by value.
    pub changes: Vec<Change>,
}

/// The versions of a workflow, newest first.
#[utoipa::path(
    get, path = "/workflow/definitions/{id}/versions", tag = "workflow",
    operation_id = "list_versions",
    params(("id" = Uuid, Path, description = "workflow"), PageQuery),
    responses((status = 200, body = Envelope<Page<VersionSummary>>), (status = 404, body = ErrorEnvelope)),
    security(("bearer" = [])),
)]
pub async fn list(
    service: Service,
    who: Principal,
    ApiPath(id): ApiPath<Uuid>,
    ApiQuery(query): ApiQuery<PageQuery>,
) -> Result<Reply<Page<VersionSummary>>, Failure> {
    let found = service.versions(&who, id, query.page()?).await?;
    Ok(Reply::ok(found.map(Into::into)))
}

/// One version of a workflow.
#[utoipa::path(
    get, path = "/workflow/definitions/{id}/versions/{version}", tag = "workflow",
    operation_id = "show_version",
    params(("id" = Uuid, Path, description = "workflow"), ("version" = u32, Path, description = "its number")),
    responses((status = 200, body = Envelope<VersionDetail>), (status = 404, body = ErrorEnvelope)),
    security(("bearer" = [])),
)]
pub async fn show(
    service: Service,
    who: Principal,
    ApiPath((id, version)): ApiPath<(Uuid, u32)>,
) -> Result<Reply<VersionDetail>, Failure> {
    let content = service.show_version(&who, id, version).await?;
    Ok(Reply::ok(VersionDetail { version, source: content.source, definition: content.model }))
}

/// Saves the content of an old version as the newest one.
#[utoipa::path(
    post, path = "/workflow/definitions/{id}/versions/{version}/restore", tag = "workflow",
    operation_id = "restore_version",
    params(("id" = Uuid, Path, description = "workflow"), ("version" = u32, Path, description = "its number")),
    responses(
        (status = 200, body = Envelope<DefinitionSummary>),
        (status = 402, description = "QUOTA_EXCEEDED: a schedule is due more often than the plan includes; `details.path` is its place", body = ErrorEnvelope),
        (status = 404, body = ErrorEnvelope),
        (status = 409, description = "DEFINITION_NAME_TAKEN or DEFINITION_CHANGED", body = ErrorEnvelope),
        (status = 422, description = "DEFINITION_INVALID: it uses what is not there any more", body = ErrorEnvelope),
    ),
    security(("bearer" = [])),
)]
pub async fn restore(
    service: Service,
    who: Principal,
    ApiPath((id, version)): ApiPath<(Uuid, u32)>,
) -> Result<Reply<DefinitionSummary>, Failure> {
    let row = service.restore(&who, id, version).await?;
    Ok(Reply::ok(DefinitionSummary::new(row, service.now())))
}

/// What one version changed in another.
#[utoipa::path(
    get, path = "/workflow/definitions/{id}/diff", tag = "workflow",
    operation_id = "compare_versions",
    params(("id" = Uuid, Path, description = "workflow"), DiffQuery),
    responses(
        (status = 200, body = Envelope<DiffView>),
        (status = 404, body = ErrorEnvelope),
        (status = 422, body = ErrorEnvelope),
    ),
    security(("bearer" = [])),
)]
pub async fn compare(
    service: Service,
    who: Principal,
    ApiPath(id): ApiPath<Uuid>,
    ApiQuery(DiffQuery { from, to }): ApiQuery<DiffQuery>,
) -> Result<Reply<DiffView>, Failure> {
    let Difference { text, changes } = service.compare(&who, id, from, to).await?;
    Ok(Reply::ok(DiffView { from, to, text, changes }))
}

/// What a draft would change in the version it was made from; nothing is saved.
#[utoipa::path(
    post, path = "/workflow/definitions/{id}/diff", tag = "workflow",
    operation_id = "compare_draft", request_body = DraftDiffBody,
    params(("id" = Uuid, Path, description = "workflow")),
    responses(
        (status = 200, body = Envelope<DraftDiffView>),
        (status = 404, body = ErrorEnvelope),
        (status = 422, description = "DEFINITION_INVALID, with all problems in `details.problems`", body = ErrorEnvelope),
    ),
    security(("bearer" = [])),
)]
pub async fn compare_draft(
    service: Service,
    who: Principal,
    ApiPath(id): ApiPath<Uuid>,
    ApiJson(body): ApiJson<DraftDiffBody>,
) -> Result<Reply<DraftDiffView>, Failure> {
    let from = body.from;
    let found = service.compare_draft(&who, id, from, body.into()).await?;
    let Difference { text, changes } = found.difference;
    Ok(Reply::ok(DraftDiffView { from, newest: found.newest, text, changes }))
}
