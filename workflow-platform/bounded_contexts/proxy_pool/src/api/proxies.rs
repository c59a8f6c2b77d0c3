//! `/proxy/pools/{id}/…`: the proxies of a pool.

use garde::Validate;
use serde::Deserialize;
use shared_kernel::{
    api::{ApiJson, ApiPath, ApiQuery, Empty, Envelope, ErrorEnvelope, Failure, PageQuery, Reply},
    application::Principal,
    domain::Page,
};

use super::{
    Module,
    shapes::{AddProxy, ProxyView, UpdateProxy},
};
use crate::{
    application::ports::ProxyFilter,
    domain::{PoolId, ProxyId},
};

/// Which proxies are listed.
#[derive(Debug, Default, Deserialize, Validate, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ProxyQuery {
    /// Rows of a page, 1 to 200; 50 unless given.
    #[garde(range(min = 1, max = 200))]
    #[param(minimum = 1, maximum = 200, example = 50)]
    pub limit: Option<u32>,
    /// `next_cursor` of the page before.
    #[garde(length(max = 200))]
    pub cursor: Option<String>,
    /// `unknown`, `healthy`, `degraded` or `quarantined`.
    #[garde(custom(known_state))]
    #[param(example = "healthy")]
    pub state: Option<String>,
    #[garde(skip)]
    pub enabled: Option<bool>,
    /// Part of the host or of the label.
    #[garde(length(max = 100))]
    pub search: Option<String>,
}

const STATES: [&str; 4] = ["unknown", "healthy", "degraded", "quarantined"];

#[expect(
    clippy::ref_option,
    clippy::trivially_copy_pass_by_ref,
    reason = "garde hands the field and its context like this"
)]
fn known_state(state: &Option<String>, (): &()) -> garde::Result {
    match state {
        Some(state) if !STATES.contains(&state.as_str()) => {
            Err(garde::Error::new("must be unknown, healthy, degraded or quarantined"))
        }
        _ => Ok(()),
    }
}

/// The proxies of the pool, newest first, without credentials.
#[utoipa::path(
    get, path = "/proxy/pools/{id}/proxies", tag = "proxy",
    params(("id" = uuid::Uuid, Path, description = "pool"), ProxyQuery),
    responses(
        (status = 200, body = Envelope<Page<ProxyView>>),
        (status = 404, body = ErrorEnvelope),
        (status = 422, body = ErrorEnvelope),
    ),
    security(("bearer" = [])),
)]
pub async fn list(
    module: Module,
    who: Principal,
    ApiPath(id): ApiPath<PoolId>,
    ApiQuery(query): ApiQuery<ProxyQuery>,
) -> Result<Reply<Page<ProxyView>>, Failure> {
    let page = PageQuery::parse(query.limit, query.cursor.as_deref())?;
    let ProxyQuery { state, enabled, search, .. } = query;
    let filter = ProxyFilter { state, enabled, search };
    let proxies = module.list_proxies(&who, id, &filter, page).await?;
    Ok(Reply::ok(proxies.map(Into::into)))
}

/// Adds one proxy.
#[utoipa::path(
    post, path = "/proxy/pools/{id}/proxies", tag = "proxy", request_body = AddProxy,
    operation_id = "add_proxy",
    params(("id" = uuid::Uuid, Path, description = "pool")),
    responses(
        (status = 201, body = Envelope<ProxyView>),
        (status = 402, description = "QUOTA_EXCEEDED", body = ErrorEnvelope),
        (status = 404, body = ErrorEnvelope),
        (status = 409, description = "PROXY_EXISTS", body = ErrorEnvelope),
        (status = 422, body = ErrorEnvelope),
    ),
    security(("bearer" = [])),
)]
pub async fn add(
    module: Module,
    who: Principal,
    ApiPath(id): ApiPath<PoolId>,
    ApiJson(body): ApiJson<AddProxy>,
) -> Result<Reply<ProxyView>, Failure> {
    Ok(Reply::created(module.add_proxy(&who, id, body.into()).await?.into()))
}

/// One proxy, without credentials.
#[utoipa::path(
    get, path = "/proxy/pools/{id}/proxies/{proxy_id}", tag = "proxy",
    operation_id = "show_proxy",
    params(
        ("id" = uuid::Uuid, Path, description = "pool"),
        ("proxy_id" = uuid::Uuid, Path, description = "proxy"),
    ),
    responses((status = 200, body = Envelope<ProxyView>), (status = 404, body = ErrorEnvelope)),
    security(("bearer" = [])),
)]
pub async fn show(
    module: Module,
    who: Principal,
    ApiPath((id, proxy)): ApiPath<(PoolId, ProxyId)>,
) -> Result<Reply<ProxyView>, Failure> {
    Ok(Reply::ok(module.show_proxy(&who, id, proxy).await?.into()))
}

/// Switches a proxy on or off, or changes its cost or label.
#[utoipa::path(
    put, path = "/proxy/pools/{id}/proxies/{proxy_id}", tag = "proxy",
    operation_id = "update_proxy", request_body = UpdateProxy,
    params(
        ("id" = uuid::Uuid, Path, description = "pool"),
        ("proxy_id" = uuid::Uuid, Path, description = "proxy"),
    ),
    responses(
        (status = 200, body = Envelope<ProxyView>),
        (status = 404, body = ErrorEnvelope),
        (status = 422, body = ErrorEnvelope),
    ),
    security(("bearer" = [])),
)]
pub async fn update(
    module: Module,
    who: Principal,
    ApiPath((id, proxy)): ApiPath<(PoolId, ProxyId)>,
    ApiJson(body): ApiJson<UpdateProxy>,
) -> Result<Reply<ProxyView>, Failure> {
    Ok(Reply::ok(module.change_proxy(&who, id, proxy, body.into()).await?.into()))
}

/// Removes a proxy.
#[utoipa::path(
    delete, path = "/proxy/pools/{id}/proxies/{proxy_id}", tag = "proxy",
    operation_id = "remove_proxy",
    params(
        ("id" = uuid::Uuid, Path, description = "pool"),
        ("proxy_id" = uuid::Uuid, Path, description = "proxy"),
    ),
    responses((status = 200, body = Envelope<Empty>), (status = 404, body = ErrorEnvelope)),
    security(("bearer" = [])),
)]
pub async fn remove(
    module: Module,
    who: Principal,
    ApiPath((id, proxy)): ApiPath<(PoolId, ProxyId)>,
) -> Result<Reply<Empty>, Failure> {
    module.remove_proxy(&who, id, proxy).await?;
    Ok(Reply::empty())
}
