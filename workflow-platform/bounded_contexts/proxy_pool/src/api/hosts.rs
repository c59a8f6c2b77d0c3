//! `/proxy/pools/{id}/hosts` and `/explain`: what a pool knows of hosts, and what it makes of it.

use garde::Validate;
use serde::Deserialize;
use shared_kernel::{
    api::{ApiPath, ApiQuery, Envelope, ErrorEnvelope, Failure, PageQuery, Reply},
    application::Principal,
    domain::Page,
};

use super::{
    Module,
    host_shapes::{ExplanationView, HostView, PairView},
};
use crate::domain::PoolId;

/// The hosts the pool was used for, newest first, with sums over its proxies.
#[utoipa::path(
    get, path = "/proxy/pools/{id}/hosts", tag = "proxy", operation_id = "list_proxy_hosts",
    params(("id" = uuid::Uuid, Path, description = "pool"), PageQuery),
    responses((status = 200, body = Envelope<Page<HostView>>), (status = 404, body = ErrorEnvelope)),
    security(("bearer" = [])),
)]
pub async fn list(
    module: Module,
    who: Principal,
    ApiPath(id): ApiPath<PoolId>,
    ApiQuery(query): ApiQuery<PageQuery>,
) -> Result<Reply<Page<HostView>>, Failure> {
    let hosts = module.list_hosts(&who, id, query.page()?).await?;
    Ok(Reply::ok(hosts.map(Into::into)))
}

/// How each proxy fares on one host (`name:port`), newest proxy first.
#[utoipa::path(
    get, path = "/proxy/pools/{id}/hosts/{host}", tag = "proxy",
    operation_id = "list_proxies_of_host",
    params(
        ("id" = uuid::Uuid, Path, description = "pool"),
        ("host" = String, Path, description = "`name:port`; the port of https unless given", example = "site.example:443"),
        PageQuery,
    ),
    responses(
        (status = 200, body = Envelope<Page<PairView>>),
        (status = 404, body = ErrorEnvelope),
        (status = 422, body = ErrorEnvelope),
    ),
    security(("bearer" = [])),
)]
pub async fn proxies(
    module: Module,
    who: Principal,
    ApiPath((id, host)): ApiPath<(PoolId, String)>,
    ApiQuery(query): ApiQuery<PageQuery>,
) -> Result<Reply<Page<PairView>>, Failure> {
    let pairs = module.list_host_proxies(&who, id, &host, query.page()?).await?;
    Ok(Reply::ok(pairs.map(Into::into)))
}

/// For which choice an explanation is wanted.
#[derive(Debug, Deserialize, Validate, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ExplainQuery {
    /// `name:port`; the port of https unless given.
    #[garde(length(min = 1, max = 300))]
    #[param(example = "site.example:443")]
    pub host: String,
    /// The session that the request would belong to.
    #[garde(length(max = 128))]
    pub session: Option<String>,
}

/// What the pool would choose now for a host, with candidates, scores and the reason. Nothing is
/// taken.
#[utoipa::path(
    get, path = "/proxy/pools/{id}/explain", tag = "proxy", operation_id = "explain_proxy_choice",
    params(("id" = uuid::Uuid, Path, description = "pool"), ExplainQuery),
    responses(
        (status = 200, body = Envelope<ExplanationView>),
        (status = 404, body = ErrorEnvelope),
        (status = 422, body = ErrorEnvelope),
    ),
    security(("bearer" = [])),
)]
pub async fn explain(
    module: Module,
    who: Principal,
    ApiPath(id): ApiPath<PoolId>,
    ApiQuery(query): ApiQuery<ExplainQuery>,
) -> Result<Reply<ExplanationView>, Failure> {
    let ExplainQuery { host, session } = query;
    let explanation = module.explain(&who, id, &host, session.as_deref()).await?;
    Ok(Reply::ok(explanation.into()))
}
