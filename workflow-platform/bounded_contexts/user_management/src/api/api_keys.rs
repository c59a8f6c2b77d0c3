//! `/users/me/api-keys`: what your programs act with.

use garde::Validate;
use secrecy::ExposeSecret as _;
use serde::{Deserialize, Serialize};
use shared_kernel::{
    api::{ApiJson, ApiPath, ApiQuery, Empty, Envelope, ErrorEnvelope, Failure, PageQuery, Reply},
    application::Principal,
    domain::{Page, Permission, Timestamp},
};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{Module, caller};
use crate::{
    application::{KeyWish, NewApiKey},
    domain::{ApiKey, public_part},
};

/// A key to be made.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub struct NewKeyBody {
    /// 1 to 60 characters.
    #[schema(example = "build server", min_length = 1, max_length = 60)]
    pub name: String,
    /// What the key may do: permissions that your role grants too.
    #[garde(length(min = 1, max = 50))]
    #[schema(min_items = 1, max_items = 50, example = json!(["workflow:read", "workflow:run"]))]
    pub scopes: Vec<Permission>,
    /// Within 366 days, which are taken unless given.
    pub expires_at: Option<Timestamp>,
}

/// Another name.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub struct KeyNameBody {
    #[schema(example = "build server", min_length = 1, max_length = 60)]
    pub name: String,
}

/// A key without its secret.
#[derive(Debug, Serialize, ToSchema)]
pub struct ApiKeyView {
    pub id: Uuid,
    pub name: String,
    /// How the key begins. It names the key and opens nothing.
    #[schema(example = "wfp_01KGHGbDCjuHuGfGWgjGhb")]
    pub prefix: String,
    /// How the key ends.
    #[schema(example = "x7Qa")]
    pub last_four: String,
    pub scopes: Vec<Permission>,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
    /// To the minute.
    pub last_used_at: Option<Timestamp>,
    pub last_used_address: Option<String>,
}

impl From<ApiKey> for ApiKeyView {
    fn from(key: ApiKey) -> Self {
        Self {
            id: key.id.uuid(),
            name: key.name.as_str().to_owned(),
            prefix: public_part(key.id),
            last_four: key.last_four,
            scopes: key.scopes.into(),
            created_at: key.created_at,
            expires_at: key.expires_at,
            last_used_at: key.last_use.map(|last| last.at),
            last_used_address: key.last_use.and_then(|last| last.address).map(|ip| ip.to_string()),
        }
    }
}

/// A new key.
#[derive(Serialize, ToSchema)]
pub struct NewApiKeyView {
    /// Sent as `Authorization: Bearer …`. It is shown this once.
    pub key: String,
    pub api_key: ApiKeyView,
}

impl From<NewApiKey> for NewApiKeyView {
    fn from(NewApiKey { key, text }: NewApiKey) -> Self {
        Self { key: text.expose_secret().to_owned(), api_key: key.into() }
    }
}

/// Your keys, the newest first.
#[utoipa::path(
    get, path = "/users/me/api-keys", tag = "users", params(PageQuery),
    responses(
        (status = 200, body = Envelope<Page<ApiKeyView>>),
        (status = 401, body = ErrorEnvelope),
        (status = 403, description = "SESSION_REQUIRED", body = ErrorEnvelope),
    ),
    security(("bearer" = [])),
)]
pub async fn list(
    module: Module,
    who: Principal,
    ApiQuery(query): ApiQuery<PageQuery>,
) -> Result<Reply<Page<ApiKeyView>>, Failure> {
    let found = module.list_api_keys(&who, query.page()?).await?;
    Ok(Reply::ok(found.map(Into::into)))
}

/// Makes a key for a program. The answer is the only one that has the whole key.
#[utoipa::path(
    post, path = "/users/me/api-keys", tag = "users", request_body = NewKeyBody,
    responses(
        (status = 201, body = Envelope<NewApiKeyView>),
        (status = 403, description = "SESSION_REQUIRED or STEP_UP_REQUIRED", body = ErrorEnvelope),
        (status = 409, description = "TOO_MANY_API_KEYS", body = ErrorEnvelope),
        (status = 422, body = ErrorEnvelope),
    ),
    security(("bearer" = [])),
)]
pub async fn create(
    module: Module,
    who: Principal,
    ApiJson(NewKeyBody { name, scopes, expires_at }): ApiJson<NewKeyBody>,
) -> Result<Reply<NewApiKeyView>, Failure> {
    let wish = KeyWish { name, scopes: scopes.into(), expires_at };
    Ok(Reply::created(module.create_api_key(&who, wish, &caller()).await?.into()))
}

/// Gives a key another name.
#[utoipa::path(
    put, path = "/users/me/api-keys/{id}", tag = "users", request_body = KeyNameBody,
    params(("id" = Uuid, Path, description = "API key")),
    responses(
        (status = 200, body = Envelope<ApiKeyView>),
        (status = 403, description = "SESSION_REQUIRED", body = ErrorEnvelope),
        (status = 404, body = ErrorEnvelope),
        (status = 422, body = ErrorEnvelope),
    ),
    security(("bearer" = [])),
)]
pub async fn rename(
    module: Module,
    who: Principal,
    ApiPath(id): ApiPath<Uuid>,
    ApiJson(body): ApiJson<KeyNameBody>,
) -> Result<Reply<ApiKeyView>, Failure> {
    Ok(Reply::ok(module.rename_api_key(&who, id.into(), &body.name, &caller()).await?.into()))
}

/// Ends a key for good. It is refused at once.
#[utoipa::path(
    delete, path = "/users/me/api-keys/{id}", tag = "users",
    params(("id" = Uuid, Path, description = "API key")),
    responses(
        (status = 200, body = Envelope<Empty>),
        (status = 403, description = "SESSION_REQUIRED", body = ErrorEnvelope),
        (status = 404, body = ErrorEnvelope),
    ),
    security(("bearer" = [])),
)]
pub async fn revoke(
    module: Module,
    who: Principal,
    ApiPath(id): ApiPath<Uuid>,
) -> Result<Reply<Empty>, Failure> {
    module.revoke_api_key(&who, id.into(), &caller()).await?;
    Ok(Reply::empty())
}
