//! `/proxy/pools/{id}/sources`: providers' lists that a pool follows.

use std::time::Duration;

use garde::Validate;
use serde::{Deserialize, Serialize};
use shared_kernel::{
    api::{ApiJson, ApiPath, ApiQuery, Empty, Envelope, ErrorEnvelope, Failure, PageQuery, Reply},
    application::{Principal, ProxyScheme},
    domain::{Page, Timestamp},
};
use uuid::Uuid;

use super::Module;
use crate::{
    application::{NewSource, SourceChange, ports::ListSource},
    domain::{PoolId, SourceId},
};

/// A list to be followed.
#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub struct AddSource {
    /// Sealed at rest; its query is not shown again.
    #[garde(length(max = 2048))]
    #[schema(example = "https://lists.example/proxies.txt?key=secret")]
    pub url: String,
    /// Of lines that name none; `http` unless given.
    pub scheme: Option<ProxyScheme>,
    /// Seconds between two fetches; 3600 unless given.
    #[schema(minimum = 60, maximum = 604_800)]
    pub every: Option<u64>,
    /// Seconds after which a proxy that is no longer listed goes; 86400 unless given.
    #[schema(maximum = 604_800)]
    pub grace: Option<u64>,
}

impl From<AddSource> for NewSource {
    fn from(AddSource { url, scheme, every, grace }: AddSource) -> Self {
        Self {
            url,
            scheme: scheme.unwrap_or(ProxyScheme::Http),
            every: Duration::from_secs(every.unwrap_or(3600)),
            grace: Duration::from_secs(grace.unwrap_or(86_400)),
        }
    }
}

/// What is to be another; a field that is not there stays.
#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub struct UpdateSource {
    #[garde(length(max = 2048))]
    pub url: Option<String>,
    pub scheme: Option<ProxyScheme>,
    /// Seconds.
    #[schema(minimum = 60, maximum = 604_800)]
    pub every: Option<u64>,
    /// Seconds.
    #[schema(maximum = 604_800)]
    pub grace: Option<u64>,
    pub enabled: Option<bool>,
}

impl From<UpdateSource> for SourceChange {
    fn from(UpdateSource { url, scheme, every, grace, enabled }: UpdateSource) -> Self {
        let (every, grace) = (every.map(Duration::from_secs), grace.map(Duration::from_secs));
        Self { url, scheme, every, grace, enabled }
    }
}

/// A list that a pool follows, and what came of its last fetch.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct SourceView {
    pub id: Uuid,
    /// Without user, password and query.
    pub url: String,
    pub scheme: ProxyScheme,
    /// Seconds.
    pub every: u64,
    /// Seconds.
    pub grace: u64,
    pub enabled: bool,
    pub next_fetch_at: Timestamp,
    pub last_fetch_at: Option<Timestamp>,
    /// Why the last fetch changed nothing; the counts are those of the last that worked.
    pub last_error: Option<String>,
    pub found: u32,
    pub added: u32,
    /// Lines that are no proxy, or one on an address that is not allowed.
    pub rejected: u32,
    /// Proxies that are no longer listed.
    pub missing: u32,
    pub created_at: Timestamp,
}

impl From<ListSource> for SourceView {
    fn from(source: ListSource) -> Self {
        Self {
            id: source.id.uuid(),
            url: source.shown_url,
            scheme: source.scheme,
            every: source.every.as_secs(),
            grace: source.grace.as_secs(),
            enabled: source.enabled,
            next_fetch_at: source.next_at,
            last_fetch_at: source.last.at,
            last_error: source.last.error,
            found: source.last.found,
            added: source.last.added,
            rejected: source.last.rejected,
            missing: source.last.missing,
            created_at: source.created_at,
        }
    }
}

/// Providers' lists that the pool follows, newest first.
#[utoipa::path(
    get, path = "/proxy/pools/{id}/sources", tag = "proxy", operation_id = "list_proxy_sources",
    params(("id" = uuid::Uuid, Path, description = "pool"), PageQuery),
    responses((status = 200, body = Envelope<Page<SourceView>>), (status = 404, body = ErrorEnvelope)),
    security(("bearer" = [])),
)]
pub async fn list(
    module: Module,
    who: Principal,
    ApiPath(id): ApiPath<PoolId>,
    ApiQuery(query): ApiQuery<PageQuery>,
) -> Result<Reply<Page<SourceView>>, Failure> {
    let sources = module.list_sources(&who, id, query.page()?).await?;
    Ok(Reply::ok(sources.map(Into::into)))
}

/// Follows a provider's list: what is new in it is added, what is gone retires after a grace, the
/// others keep what was learnt of them. The first fetch is due at once.
#[utoipa::path(
    post, path = "/proxy/pools/{id}/sources", tag = "proxy", operation_id = "add_proxy_source",
    request_body = AddSource,
    params(("id" = uuid::Uuid, Path, description = "pool")),
    responses(
        (status = 201, body = Envelope<SourceView>),
        (status = 404, body = ErrorEnvelope),
        (status = 422, body = ErrorEnvelope),
    ),
    security(("bearer" = [])),
)]
pub async fn add(
    module: Module,
    who: Principal,
    ApiPath(id): ApiPath<PoolId>,
    ApiJson(body): ApiJson<AddSource>,
) -> Result<Reply<SourceView>, Failure> {
    Ok(Reply::created(module.add_source(&who, id, body.into()).await?.into()))
}

/// One list, and what came of its last fetch.
#[utoipa::path(
    get, path = "/proxy/pools/{id}/sources/{source_id}", tag = "proxy",
    operation_id = "show_proxy_source",
    params(
        ("id" = uuid::Uuid, Path, description = "pool"),
        ("source_id" = uuid::Uuid, Path, description = "list"),
    ),
    responses((status = 200, body = Envelope<SourceView>), (status = 404, body = ErrorEnvelope)),
    security(("bearer" = [])),
)]
pub async fn show(
    module: Module,
    who: Principal,
    ApiPath((id, source)): ApiPath<(PoolId, SourceId)>,
) -> Result<Reply<SourceView>, Failure> {
    Ok(Reply::ok(module.show_source(&who, id, source).await?.into()))
}

/// Changes how a list is followed, and has it fetched anew.
#[utoipa::path(
    put, path = "/proxy/pools/{id}/sources/{source_id}", tag = "proxy",
    operation_id = "update_proxy_source", request_body = UpdateSource,
    params(
        ("id" = uuid::Uuid, Path, description = "pool"),
        ("source_id" = uuid::Uuid, Path, description = "list"),
    ),
    responses(
        (status = 200, body = Envelope<SourceView>),
        (status = 404, body = ErrorEnvelope),
        (status = 422, body = ErrorEnvelope),
    ),
    security(("bearer" = [])),
)]
pub async fn update(
    module: Module,
    who: Principal,
    ApiPath((id, source)): ApiPath<(PoolId, SourceId)>,
    ApiJson(body): ApiJson<UpdateSource>,
) -> Result<Reply<SourceView>, Failure> {
    Ok(Reply::ok(module.change_source(&who, id, source, body.into()).await?.into()))
}

/// Follows a list no longer. Its proxies stay.
#[utoipa::path(
    delete, path = "/proxy/pools/{id}/sources/{source_id}", tag = "proxy",
    operation_id = "remove_proxy_source",
    params(
        ("id" = uuid::Uuid, Path, description = "pool"),
        ("source_id" = uuid::Uuid, Path, description = "list"),
    ),
    responses((status = 200, body = Envelope<Empty>), (status = 404, body = ErrorEnvelope)),
    security(("bearer" = [])),
)]
pub async fn remove(
    module: Module,
    who: Principal,
    ApiPath((id, source)): ApiPath<(PoolId, SourceId)>,
) -> Result<Reply<Empty>, Failure> {
    module.remove_source(&who, id, source).await?;
    Ok(Reply::empty())
}
