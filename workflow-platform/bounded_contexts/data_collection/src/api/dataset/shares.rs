//! `/datasets/{name}/shares`: links that show a dataset to whoever has them.

use garde::Validate;
use serde::{Deserialize, Serialize};
use shared_kernel::{
    api::{ApiJson, ApiPath, ApiQuery, Empty, Envelope, ErrorEnvelope, Failure, PageQuery, Reply},
    application::Principal,
    domain::{Page, Timestamp},
};
use uuid::Uuid;

use super::Module;
use crate::application::dataset::{NewShare, ShareRow, Shared};

/// A link.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ShareView {
    #[schema(value_type = String, format = Uuid)]
    pub id: Uuid,
    pub label: String,
    /// Columns that are shown; all when null.
    pub columns: Option<Vec<String>>,
    pub expires_at: Option<Timestamp>,
    pub created_at: Timestamp,
    pub revoked_at: Option<Timestamp>,
    /// To the minute.
    pub used_at: Option<Timestamp>,
}

impl From<ShareRow> for ShareView {
    fn from(row: ShareRow) -> Self {
        let ShareRow { id, label, columns, expires_at, created_at, revoked_at, used_at, .. } = row;
        Self { id, label, columns, expires_at, created_at, revoked_at, used_at }
    }
}

/// A new link with its token, which is shown this once.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct NewShareView {
    pub share: ShareView,
    /// Goes into `/shared/datasets/{token}`.
    #[schema(example = "wps_…")]
    pub token: String,
}

impl From<Shared> for NewShareView {
    fn from(shared: Shared) -> Self {
        Self { share: shared.share.into(), token: shared.token }
    }
}

/// A link as you want it.
#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateShare {
    /// Whom it is for, 1 to 100 characters.
    #[garde(skip)]
    label: String,
    /// All when absent.
    #[garde(skip)]
    columns: Option<Vec<String>>,
    /// Never when absent.
    #[garde(skip)]
    expires_at: Option<Timestamp>,
}

/// Links to the dataset, newest first, revoked ones included.
#[utoipa::path(
    get, path = "/datasets/{name}/shares", tag = "datasets", operation_id = "shares_list",
    params(("name" = String, Path, description = "dataset"), PageQuery),
    responses((status = 200, body = Envelope<Page<ShareView>>), (status = 404, body = ErrorEnvelope)),
    security(("bearer" = [])),
)]
pub async fn list(
    module: Module,
    who: Principal,
    ApiPath(name): ApiPath<String>,
    ApiQuery(query): ApiQuery<PageQuery>,
) -> Result<Reply<Page<ShareView>>, Failure> {
    Ok(Reply::ok(module.shares(&who, &name, query.page()?).await?.map(Into::into)))
}

/// Makes a link that shows the dataset, or some of its columns, without a login.
#[utoipa::path(
    post, path = "/datasets/{name}/shares", tag = "datasets", operation_id = "shares_create",
    params(("name" = String, Path, description = "dataset")), request_body = CreateShare,
    responses(
        (status = 201, body = Envelope<NewShareView>), (status = 404, body = ErrorEnvelope),
        (status = 409, body = ErrorEnvelope), (status = 422, body = ErrorEnvelope),
    ),
    security(("bearer" = [])),
)]
pub async fn create(
    module: Module,
    who: Principal,
    ApiPath(name): ApiPath<String>,
    ApiJson(body): ApiJson<CreateShare>,
) -> Result<Reply<NewShareView>, Failure> {
    let CreateShare { label, columns, expires_at } = body;
    let wanted = NewShare { label, columns, expires_at };
    Ok(Reply::created(module.share(&who, &name, wanted).await?.into()))
}

/// Revokes a link, at once.
#[utoipa::path(
    delete, path = "/datasets/{name}/shares/{share_id}", tag = "datasets", operation_id = "shares_revoke",
    params(("name" = String, Path, description = "dataset"), ("share_id" = String, Path, description = "link", format = Uuid)),
    responses((status = 200, body = Envelope<Empty>), (status = 404, body = ErrorEnvelope)),
    security(("bearer" = [])),
)]
pub async fn revoke(
    module: Module,
    who: Principal,
    ApiPath((name, id)): ApiPath<(String, Uuid)>,
) -> Result<Reply<Empty>, Failure> {
    module.revoke_share(&who, &name, id).await?;
    Ok(Reply::empty())
}
