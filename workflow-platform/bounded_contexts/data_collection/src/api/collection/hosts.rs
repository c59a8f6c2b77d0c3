//! `/collection/admin/hosts`.

use std::sync::Arc;

use axum::extract::State;
use shared_kernel::{
    api::{ApiJson, ApiPath, ApiQuery, Empty, Envelope, ErrorEnvelope, Failure, PageQuery, Reply},
    application::Principal,
    domain::Page,
};

use super::shapes::{HostChange, HostRuleView};
use crate::application::hosts::HostsModule;

type Module = State<Arc<HostsModule>>;

/// What is decided about hosts, the newest decision first.
#[utoipa::path(
    get, path = "/collection/admin/hosts", tag = "collection", params(PageQuery),
    responses((status = 200, body = Envelope<Page<HostRuleView>>), (status = 403, body = ErrorEnvelope)),
    security(("bearer" = [])),
)]
pub async fn list(
    State(module): Module,
    who: Principal,
    ApiQuery(query): ApiQuery<PageQuery>,
) -> Result<Reply<Page<HostRuleView>>, Failure> {
    Ok(Reply::ok(module.list(&who, query.page()?).await?.map(Into::into)))
}

/// What is decided about one host.
#[utoipa::path(
    get, path = "/collection/admin/hosts/{host}", tag = "collection",
    params(("host" = String, Path, description = "name, or name:port")),
    responses((status = 200, body = Envelope<HostRuleView>), (status = 404, body = ErrorEnvelope)),
    security(("bearer" = [])),
)]
pub async fn show(
    State(module): Module,
    who: Principal,
    ApiPath(host): ApiPath<String>,
) -> Result<Reply<HostRuleView>, Failure> {
    Ok(Reply::ok(module.show(&who, &host).await?.into()))
}

/// Decides how a host is treated by everybody's workflows, in the place of an earlier decision.
#[utoipa::path(
    put, path = "/collection/admin/hosts/{host}", tag = "collection",
    params(("host" = String, Path, description = "name, or name:port")), request_body = HostChange,
    responses(
        (status = 200, body = Envelope<HostRuleView>), (status = 403, body = ErrorEnvelope),
        (status = 422, body = ErrorEnvelope),
    ),
    security(("bearer" = [])),
)]
pub async fn decide(
    State(module): Module,
    who: Principal,
    ApiPath(host): ApiPath<String>,
    ApiJson(change): ApiJson<HostChange>,
) -> Result<Reply<HostRuleView>, Failure> {
    Ok(Reply::ok(module.decide(&who, &host, change.into()).await?.into()))
}

/// Takes a decision back: the host is treated as any other again.
#[utoipa::path(
    delete, path = "/collection/admin/hosts/{host}", tag = "collection",
    params(("host" = String, Path, description = "name, or name:port")),
    responses((status = 200, body = Envelope<Empty>), (status = 404, body = ErrorEnvelope)),
    security(("bearer" = [])),
)]
pub async fn release(
    State(module): Module,
    who: Principal,
    ApiPath(host): ApiPath<String>,
) -> Result<Reply<Empty>, Failure> {
    module.release(&who, &host).await?;
    Ok(Reply::empty())
}
