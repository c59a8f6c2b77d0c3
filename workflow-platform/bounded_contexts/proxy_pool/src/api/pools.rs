//! `/proxy/pools`.

use shared_kernel::{
    api::{ApiJson, ApiPath, ApiQuery, Empty, Envelope, ErrorEnvelope, Failure, PageQuery, Reply},
    application::Principal,
    domain::Page,
};

use super::{
    Module,
    shapes::{CreatePool, PoolView, StatusView, UpdatePool},
};
use crate::domain::PoolId;

/// Your proxy pools, newest first.
#[utoipa::path(
    get, path = "/proxy/pools", tag = "proxy", params(PageQuery),
    responses((status = 200, body = Envelope<Page<PoolView>>), (status = 401, body = ErrorEnvelope)),
    security(("bearer" = [])),
)]
pub async fn list(
    module: Module,
    who: Principal,
    ApiQuery(query): ApiQuery<PageQuery>,
) -> Result<Reply<Page<PoolView>>, Failure> {
    let pools = module.list_pools(&who, query.page()?).await?;
    Ok(Reply::ok(pools.map(Into::into)))
}

/// Makes a proxy pool.
#[utoipa::path(
    post, path = "/proxy/pools", tag = "proxy", request_body = CreatePool,
    responses(
        (status = 201, body = Envelope<PoolView>),
        (status = 409, description = "PROXY_POOL_NAME_TAKEN", body = ErrorEnvelope),
        (status = 422, body = ErrorEnvelope),
    ),
    security(("bearer" = [])),
)]
pub async fn create(
    module: Module,
    who: Principal,
    ApiJson(body): ApiJson<CreatePool>,
) -> Result<Reply<PoolView>, Failure> {
    let pool = module.create_pool(&who, body.into()).await?;
    Ok(Reply::created(pool.into()))
}

/// Changes name and terms of a proxy pool.
#[utoipa::path(
    put, path = "/proxy/pools/{id}", tag = "proxy", request_body = UpdatePool,
    operation_id = "update_proxy_pool",
    params(("id" = uuid::Uuid, Path, description = "pool")),
    responses(
        (status = 200, body = Envelope<PoolView>),
        (status = 404, body = ErrorEnvelope),
        (status = 409, description = "PROXY_POOL_NAME_TAKEN", body = ErrorEnvelope),
        (status = 422, body = ErrorEnvelope),
    ),
    security(("bearer" = [])),
)]
pub async fn update(
    module: Module,
    who: Principal,
    ApiPath(id): ApiPath<PoolId>,
    ApiJson(body): ApiJson<UpdatePool>,
) -> Result<Reply<PoolView>, Failure> {
    Ok(Reply::ok(module.update_pool(&who, id, body.into()).await?.into()))
}

/// One proxy pool.
#[utoipa::path(
    get, path = "/proxy/pools/{id}", tag = "proxy",
    params(("id" = uuid::Uuid, Path, description = "pool")),
    responses((status = 200, body = Envelope<PoolView>), (status = 404, body = ErrorEnvelope)),
    security(("bearer" = [])),
)]
pub async fn show(
    module: Module,
    who: Principal,
    ApiPath(id): ApiPath<PoolId>,
) -> Result<Reply<PoolView>, Failure> {
    Ok(Reply::ok(module.show_pool(&who, id).await?.into()))
}

/// Removes a proxy pool and its proxies.
#[utoipa::path(
    delete, path = "/proxy/pools/{id}", tag = "proxy",
    params(("id" = uuid::Uuid, Path, description = "pool")),
    responses((status = 200, body = Envelope<Empty>), (status = 404, body = ErrorEnvelope)),
    security(("bearer" = [])),
)]
pub async fn delete(
    module: Module,
    who: Principal,
    ApiPath(id): ApiPath<PoolId>,
) -> Result<Reply<Empty>, Failure> {
    module.delete_pool(&who, id).await?;
    Ok(Reply::empty())
}

/// How the pool and its proxies fare.
#[utoipa::path(
    get, path = "/proxy/pools/{id}/status", tag = "proxy",
    params(("id" = uuid::Uuid, Path, description = "pool")),
    responses((status = 200, body = Envelope<StatusView>), (status = 404, body = ErrorEnvelope)),
    security(("bearer" = [])),
)]
pub async fn status(
    module: Module,
    who: Principal,
    ApiPath(id): ApiPath<PoolId>,
) -> Result<Reply<StatusView>, Failure> {
    Ok(Reply::ok(module.pool_status(&who, id).await?.into()))
}
