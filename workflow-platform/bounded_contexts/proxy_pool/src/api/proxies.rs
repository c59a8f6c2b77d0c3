//! `/proxy/pools/{id}/…`: the proxies of a pool.

use shared_kernel::{
    api::{ApiJson, ApiPath, ApiQuery, Envelope, ErrorEnvelope, Failure, PageQuery, Reply},
    application::Principal,
    domain::Page,
};

use super::{
    Module,
    shapes::{ImportText, ImportView, ProxyView, TestPool, TestView},
};
use crate::domain::PoolId;

/// Adds proxies from text, with a report of every line that was not taken.
#[utoipa::path(
    post, path = "/proxy/pools/{id}/import", tag = "proxy", request_body = ImportText,
    params(("id" = uuid::Uuid, Path, description = "pool")),
    responses(
        (status = 200, body = Envelope<ImportView>),
        (status = 402, description = "QUOTA_EXCEEDED", body = ErrorEnvelope),
        (status = 404, body = ErrorEnvelope),
        (status = 413, body = ErrorEnvelope),
    ),
    security(("bearer" = [])),
)]
pub async fn import(
    module: Module,
    who: Principal,
    ApiPath(id): ApiPath<PoolId>,
    ApiJson(body): ApiJson<ImportText>,
) -> Result<Reply<ImportView>, Failure> {
    Ok(Reply::ok(module.import_proxies(&who, id, &body.text).await?.into()))
}

/// The proxies of the pool, newest first, without credentials.
#[utoipa::path(
    get, path = "/proxy/pools/{id}/proxies", tag = "proxy",
    params(("id" = uuid::Uuid, Path, description = "pool"), PageQuery),
    responses((status = 200, body = Envelope<Page<ProxyView>>), (status = 404, body = ErrorEnvelope)),
    security(("bearer" = [])),
)]
pub async fn list(
    module: Module,
    who: Principal,
    ApiPath(id): ApiPath<PoolId>,
    ApiQuery(query): ApiQuery<PageQuery>,
) -> Result<Reply<Page<ProxyView>>, Failure> {
    let proxies = module.list_proxies(&who, id, query.page()?).await?;
    Ok(Reply::ok(proxies.map(Into::into)))
}

/// Sends one request through every proxy of the pool and updates their states.
#[utoipa::path(
    post, path = "/proxy/pools/{id}/test", tag = "proxy", request_body = TestPool,
    params(("id" = uuid::Uuid, Path, description = "pool")),
    responses(
        (status = 200, body = Envelope<TestView>),
        (status = 404, body = ErrorEnvelope),
        (status = 422, body = ErrorEnvelope),
    ),
    security(("bearer" = [])),
)]
pub async fn test(
    module: Module,
    who: Principal,
    ApiPath(id): ApiPath<PoolId>,
    ApiJson(body): ApiJson<TestPool>,
) -> Result<Reply<TestView>, Failure> {
    let results = module.test_pool(&who, id, body.target.as_deref()).await?;
    Ok(Reply::ok(TestView { results: results.into_iter().map(Into::into).collect() }))
}
