//! `/automations`.

use std::sync::Arc;

use axum::extract::State;
use shared_kernel::{
    api::{ApiJson, ApiPath, ApiQuery, Empty, Envelope, ErrorEnvelope, Failure, PageQuery, Reply},
    application::Principal,
    domain::{Id, Page},
};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    Service,
    shapes::{
        AutomationView, DraftDryRunBody, DryRunBody, DryRunView, EventKindsView, FiringView,
        tried_with,
    },
};
use crate::{
    application::AutomationService,
    domain::{Automation, Rule},
};

pub(super) fn routes() -> OpenApiRouter<Arc<AutomationService>> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(events))
        .routes(routes!(try_draft))
        .routes(routes!(show, replace, delete))
        .routes(routes!(enable))
        .routes(routes!(disable))
        .routes(routes!(try_kept))
        .routes(routes!(history))
}

/// Your automations, newest first.
#[utoipa::path(
    get, path = "/automations", tag = "automations", params(PageQuery),
    responses((status = 200, body = Envelope<Page<AutomationView>>), (status = 401, body = ErrorEnvelope)),
    security(("bearer" = [])),
)]
pub async fn list(
    State(service): Service,
    who: Principal,
    ApiQuery(query): ApiQuery<PageQuery>,
) -> Result<Reply<Page<AutomationView>>, Failure> {
    Ok(Reply::ok(service.list(&who, query.page()?).await?.map(Into::into)))
}

/// Keeps a new automation. Those that run, cancel or pause something need the permissions for it.
#[utoipa::path(
    post, path = "/automations", tag = "automations", request_body = Rule,
    responses(
        (status = 201, body = Envelope<AutomationView>),
        (status = 402, description = "QUOTA_EXCEEDED: it is due more often than the plan includes", body = ErrorEnvelope),
        (status = 403, body = ErrorEnvelope),
        (status = 409, description = "TOO_MANY", body = ErrorEnvelope),
        (status = 422, description = "messages by path", body = ErrorEnvelope),
    ),
    security(("bearer" = [])),
)]
pub async fn create(
    State(service): Service,
    who: Principal,
    ApiJson(rule): ApiJson<Rule>,
) -> Result<Reply<AutomationView>, Failure> {
    Ok(Reply::created(service.create(&who, rule).await?.into()))
}

/// The kinds of events that people may listen to, and what they carry.
#[utoipa::path(
    get, path = "/automations/events", tag = "automations",
    responses((status = 200, body = Envelope<EventKindsView>), (status = 401, body = ErrorEnvelope)),
    security(("bearer" = [])),
)]
pub async fn events(State(service): Service, _: Principal) -> Reply<EventKindsView> {
    Reply::ok(EventKindsView { items: service.kinds().into_iter().map(Into::into).collect() })
}

/// Tries an automation that is not kept: what it would have done, without doing it.
#[utoipa::path(
    post, path = "/automations/dry-run", tag = "automations", request_body = DraftDryRunBody,
    responses((status = 200, body = Envelope<DryRunView>), (status = 422, body = ErrorEnvelope)),
    security(("bearer" = [])),
)]
pub async fn try_draft(
    State(service): Service,
    who: Principal,
    ApiJson(body): ApiJson<DraftDryRunBody>,
) -> Result<Reply<DryRunView>, Failure> {
    let with = tried_with(body.last, body.event)?;
    Ok(Reply::ok(service.try_rule(&who, &body.automation, with).await?.into()))
}

/// One automation.
#[utoipa::path(
    get, path = "/automations/{id}", tag = "automations",
    params(("id" = uuid::Uuid, Path, description = "automation")),
    responses((status = 200, body = Envelope<AutomationView>), (status = 404, body = ErrorEnvelope)),
    security(("bearer" = [])),
)]
pub async fn show(
    State(service): Service,
    who: Principal,
    ApiPath(id): ApiPath<Id<Automation>>,
) -> Result<Reply<AutomationView>, Failure> {
    Ok(Reply::ok(service.show(&who, id).await?.into()))
}

/// Puts another rule in its place. Its history stays.
#[utoipa::path(
    put, path = "/automations/{id}", tag = "automations", request_body = Rule,
    params(("id" = uuid::Uuid, Path, description = "automation")),
    responses(
        (status = 200, body = Envelope<AutomationView>),
        (status = 402, description = "QUOTA_EXCEEDED: it is due more often than the plan includes", body = ErrorEnvelope),
        (status = 404, body = ErrorEnvelope),
        (status = 422, description = "messages by path", body = ErrorEnvelope),
    ),
    security(("bearer" = [])),
)]
pub async fn replace(
    State(service): Service,
    who: Principal,
    ApiPath(id): ApiPath<Id<Automation>>,
    ApiJson(rule): ApiJson<Rule>,
) -> Result<Reply<AutomationView>, Failure> {
    Ok(Reply::ok(service.replace(&who, id, rule).await?.into()))
}

/// Removes an automation with its history.
#[utoipa::path(
    delete, path = "/automations/{id}", tag = "automations",
    params(("id" = uuid::Uuid, Path, description = "automation")),
    responses((status = 200, body = Envelope<Empty>), (status = 404, body = ErrorEnvelope)),
    security(("bearer" = [])),
)]
pub async fn delete(
    State(service): Service,
    who: Principal,
    ApiPath(id): ApiPath<Id<Automation>>,
) -> Result<Reply<Empty>, Failure> {
    service.delete(&who, id).await?;
    Ok(Reply::empty())
}

/// Has it listen.
#[utoipa::path(
    post, path = "/automations/{id}/enable", tag = "automations",
    params(("id" = uuid::Uuid, Path, description = "automation")),
    responses((status = 200, body = Envelope<AutomationView>), (status = 404, body = ErrorEnvelope)),
    security(("bearer" = [])),
)]
pub async fn enable(
    State(service): Service,
    who: Principal,
    ApiPath(id): ApiPath<Id<Automation>>,
) -> Result<Reply<AutomationView>, Failure> {
    Ok(Reply::ok(service.switch(&who, id, true).await?.into()))
}

/// Has it listen no more.
#[utoipa::path(
    post, path = "/automations/{id}/disable", tag = "automations",
    params(("id" = uuid::Uuid, Path, description = "automation")),
    responses((status = 200, body = Envelope<AutomationView>), (status = 404, body = ErrorEnvelope)),
    security(("bearer" = [])),
)]
pub async fn disable(
    State(service): Service,
    who: Principal,
    ApiPath(id): ApiPath<Id<Automation>>,
) -> Result<Reply<AutomationView>, Failure> {
    Ok(Reply::ok(service.switch(&who, id, false).await?.into()))
}

/// What the automation would have done, without doing it.
#[utoipa::path(
    post, path = "/automations/{id}/dry-run", tag = "automations", request_body = DryRunBody,
    params(("id" = uuid::Uuid, Path, description = "automation")),
    responses((status = 200, body = Envelope<DryRunView>), (status = 404, body = ErrorEnvelope)),
    security(("bearer" = [])),
)]
pub async fn try_kept(
    State(service): Service,
    who: Principal,
    ApiPath(id): ApiPath<Id<Automation>>,
    ApiJson(body): ApiJson<DryRunBody>,
) -> Result<Reply<DryRunView>, Failure> {
    let with = tried_with(body.last, body.event)?;
    Ok(Reply::ok(service.try_kept(&who, id, with).await?.into()))
}

/// When it fired or was held back, and what became of each action; newest first, for 30 days.
#[utoipa::path(
    get, path = "/automations/{id}/firings", tag = "automations",
    params(("id" = uuid::Uuid, Path, description = "automation"), PageQuery),
    responses((status = 200, body = Envelope<Page<FiringView>>), (status = 404, body = ErrorEnvelope)),
    security(("bearer" = [])),
)]
pub async fn history(
    State(service): Service,
    who: Principal,
    ApiPath(id): ApiPath<Id<Automation>>,
    ApiQuery(query): ApiQuery<PageQuery>,
) -> Result<Reply<Page<FiringView>>, Failure> {
    Ok(Reply::ok(service.history(&who, id, query.page()?).await?.map(Into::into)))
}
