//! `/users/me/saved-views`: filters of the list of executions that you come back to.

use garde::Validate;
use serde::{Deserialize, Serialize};
use shared_kernel::{
    api::{ApiJson, ApiPath, Empty, Envelope, ErrorEnvelope, Failure, Reply},
    application::Principal,
    domain::Timestamp,
};
use utoipa::ToSchema;

use super::Module;
use crate::domain::SavedView;

/// A filter to be kept.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub struct SavedViewBody {
    /// The query of the page, without the question mark.
    #[schema(example = "status=failed", min_length = 1, max_length = 2000)]
    pub search: String,
}

/// A filter under a name.
#[derive(Debug, Serialize, ToSchema)]
pub struct SavedViewView {
    pub name: String,
    pub search: String,
    pub created_at: Timestamp,
}

impl From<SavedView> for SavedViewView {
    fn from(view: SavedView) -> Self {
        Self {
            name: view.name.as_str().to_owned(),
            search: view.search.as_str().to_owned(),
            created_at: view.created_at,
        }
    }
}

/// Your saved views, at most 20, the oldest first.
#[utoipa::path(
    get, path = "/users/me/saved-views", tag = "users", operation_id = "saved_views_list",
    responses((status = 200, body = Envelope<Vec<SavedViewView>>), (status = 401, body = ErrorEnvelope)),
    security(("bearer" = [])),
)]
pub async fn list(module: Module, who: Principal) -> Result<Reply<Vec<SavedViewView>>, Failure> {
    let views = module.list_saved_views(&who).await?;
    Ok(Reply::ok(views.into_iter().map(Into::into).collect()))
}

/// Keeps a view under a name of 1 to 40 characters, in place of the one that had it.
#[utoipa::path(
    put, path = "/users/me/saved-views/{name}", tag = "users", operation_id = "saved_views_keep",
    request_body = SavedViewBody, params(("name" = String, Path, description = "name of the view")),
    responses(
        (status = 200, body = Envelope<SavedViewView>),
        (status = 409, description = "TOO_MANY_SAVED_VIEWS", body = ErrorEnvelope),
        (status = 422, body = ErrorEnvelope),
    ),
    security(("bearer" = [])),
)]
pub async fn keep(
    module: Module,
    who: Principal,
    ApiPath(name): ApiPath<String>,
    ApiJson(body): ApiJson<SavedViewBody>,
) -> Result<Reply<SavedViewView>, Failure> {
    Ok(Reply::ok(module.keep_view(&who, &name, &body.search).await?.into()))
}

/// Forgets a view.
#[utoipa::path(
    delete, path = "/users/me/saved-views/{name}", tag = "users", operation_id = "saved_views_forget",
    params(("name" = String, Path, description = "name of the view")),
    responses((status = 200, body = Envelope<Empty>), (status = 404, body = ErrorEnvelope)),
    security(("bearer" = [])),
)]
pub async fn forget(
    module: Module,
    who: Principal,
    ApiPath(name): ApiPath<String>,
) -> Result<Reply<Empty>, Failure> {
    module.forget_view(&who, &name).await?;
    Ok(Reply::empty())
}
