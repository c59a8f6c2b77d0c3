//! `/workflow/secrets` and `/workflow/variables`.

use std::sync::Arc;

use axum::extract::State;
use garde::Validate;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use shared_kernel::{
    api::{ApiJson, ApiPath, ApiQuery, Empty, Envelope, ErrorEnvelope, Failure, PageQuery, Reply},
    application::Principal,
    domain::{Page, Timestamp},
};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    application::vault::{Entry, PutSecret, PutVariable, VaultService},
    domain::vault::EntryKind,
};

type Vault = State<Arc<VaultService>>;

/// All routes, without the `/api/v1` prefix.
pub fn routes(service: Arc<VaultService>) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(list_secrets))
        .routes(routes!(put_secret, delete_secret))
        .routes(routes!(list_variables))
        .routes(routes!(show_variable, put_variable, delete_variable))
        .with_state(service)
}

/// A secret. Its value is shown to nobody.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct SecretView {
    #[schema(example = "SHOP_API_KEY")]
    pub name: String,
    pub description: Option<String>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

impl From<Entry> for SecretView {
    fn from(Entry { name, description, created_at, updated_at, .. }: Entry) -> Self {
        Self { name, description, created_at, updated_at }
    }
}

/// A variable.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct VariableView {
    #[schema(example = "region")]
    pub name: String,
    #[schema(value_type = Value, example = "eu-west")]
    pub value: Value,
    pub description: Option<String>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

impl From<Entry> for VariableView {
    fn from(Entry { name, description, value, created_at, updated_at, .. }: Entry) -> Self {
        Self { name, value: value.unwrap_or_default(), description, created_at, updated_at }
    }
}

/// A secret to be kept.
#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "value": "s3cr3t", "description": "Key of the shop's API" }))]
pub struct SecretBody {
    /// 1 byte to 64 KiB.
    #[garde(skip)]
    #[schema(value_type = String)]
    pub value: SecretString,
    #[garde(length(chars, max = 500))]
    pub description: Option<String>,
}

/// A variable to be kept.
#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "value": "eu-west" }))]
pub struct VariableBody {
    /// Any JSON of up to 64 KiB.
    #[garde(skip)]
    #[schema(value_type = Value)]
    pub value: Value,
    #[garde(length(chars, max = 500))]
    pub description: Option<String>,
}

/// Your secrets, newest first, without their values.
#[utoipa::path(
    get, path = "/workflow/secrets", tag = "workflow", params(PageQuery),
    responses((status = 200, body = Envelope<Page<SecretView>>), (status = 401, body = ErrorEnvelope)),
    security(("bearer" = [])),
)]
pub async fn list_secrets(
    State(vault): Vault,
    who: Principal,
    ApiQuery(query): ApiQuery<PageQuery>,
) -> Result<Reply<Page<SecretView>>, Failure> {
    Ok(Reply::ok(vault.list(&who, EntryKind::Secret, query.page()?).await?.map(Into::into)))
}

/// Keeps a secret, in place of the one of the name if there is one.
#[utoipa::path(
    put, path = "/workflow/secrets/{name}", tag = "workflow", request_body = SecretBody,
    params(("name" = String, Path, description = "letters, digits and _", example = "SHOP_API_KEY")),
    responses(
        (status = 200, body = Envelope<SecretView>),
        (status = 409, description = "TOO_MANY", body = ErrorEnvelope),
        (status = 422, body = ErrorEnvelope),
    ),
    security(("bearer" = [])),
)]
pub async fn put_secret(
    State(vault): Vault,
    who: Principal,
    ApiPath(name): ApiPath<String>,
    ApiJson(SecretBody { value, description }): ApiJson<SecretBody>,
) -> Result<Reply<SecretView>, Failure> {
    Ok(Reply::ok(vault.put_secret(&who, &name, PutSecret { value, description }).await?.into()))
}

/// Forgets a secret. Steps that use it fail when they begin.
#[utoipa::path(
    delete, path = "/workflow/secrets/{name}", tag = "workflow",
    params(("name" = String, Path, description = "secret", example = "SHOP_API_KEY")),
    responses((status = 200, body = Envelope<Empty>), (status = 404, body = ErrorEnvelope)),
    security(("bearer" = [])),
)]
pub async fn delete_secret(
    State(vault): Vault,
    who: Principal,
    ApiPath(name): ApiPath<String>,
) -> Result<Reply<Empty>, Failure> {
    vault.delete(&who, EntryKind::Secret, &name).await?;
    Ok(Reply::empty())
}

/// Your variables, newest first.
#[utoipa::path(
    get, path = "/workflow/variables", tag = "workflow", params(PageQuery),
    responses((status = 200, body = Envelope<Page<VariableView>>), (status = 401, body = ErrorEnvelope)),
    security(("bearer" = [])),
)]
pub async fn list_variables(
    State(vault): Vault,
    who: Principal,
    ApiQuery(query): ApiQuery<PageQuery>,
) -> Result<Reply<Page<VariableView>>, Failure> {
    Ok(Reply::ok(vault.list(&who, EntryKind::Variable, query.page()?).await?.map(Into::into)))
}

/// One variable.
#[utoipa::path(
    get, path = "/workflow/variables/{name}", tag = "workflow",
    params(("name" = String, Path, description = "variable", example = "region")),
    responses((status = 200, body = Envelope<VariableView>), (status = 404, body = ErrorEnvelope)),
    security(("bearer" = [])),
)]
pub async fn show_variable(
    State(vault): Vault,
    who: Principal,
    ApiPath(name): ApiPath<String>,
) -> Result<Reply<VariableView>, Failure> {
    Ok(Reply::ok(vault.show(&who, EntryKind::Variable, &name).await?.into()))
}

/// Keeps a variable, in place of the one of the name if there is one. Runs that have started keep
/// the value that they started with.
#[utoipa::path(
    put, path = "/workflow/variables/{name}", tag = "workflow", request_body = VariableBody,
    params(("name" = String, Path, description = "letters, digits and _", example = "region")),
    responses(
        (status = 200, body = Envelope<VariableView>),
        (status = 409, description = "TOO_MANY", body = ErrorEnvelope),
        (status = 422, body = ErrorEnvelope),
    ),
    security(("bearer" = [])),
)]
pub async fn put_variable(
    State(vault): Vault,
    who: Principal,
    ApiPath(name): ApiPath<String>,
    ApiJson(VariableBody { value, description }): ApiJson<VariableBody>,
) -> Result<Reply<VariableView>, Failure> {
    let wanted = PutVariable { value, description };
    Ok(Reply::ok(vault.put_variable(&who, &name, wanted).await?.into()))
}

/// Forgets a variable.
#[utoipa::path(
    delete, path = "/workflow/variables/{name}", tag = "workflow",
    params(("name" = String, Path, description = "variable", example = "region")),
    responses((status = 200, body = Envelope<Empty>), (status = 404, body = ErrorEnvelope)),
    security(("bearer" = [])),
)]
pub async fn delete_variable(
    State(vault): Vault,
    who: Principal,
    ApiPath(name): ApiPath<String>,
) -> Result<Reply<Empty>, Failure> {
    vault.delete(&who, EntryKind::Variable, &name).await?;
    Ok(Reply::empty())
}
