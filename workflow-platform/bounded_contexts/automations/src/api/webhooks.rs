//! `/webhooks`.

use std::sync::Arc;

use axum::extract::State;
use garde::Validate;
use serde::Deserialize;
use shared_kernel::{
    api::{ApiJson, ApiPath, ApiQuery, Empty, Envelope, ErrorEnvelope, Failure, PageQuery, Reply},
    application::Principal,
    domain::{Id, Page},
};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    Service,
    webhook_shapes::{
        DeliveryDetailView, DeliveryView, EndpointBody, EndpointSecretView, EndpointView,
    },
};
use crate::{
    application::{AutomationService, DeliveryQuery},
    domain::{Delivery, DeliveryState, Endpoint},
};

pub(super) fn routes() -> OpenApiRouter<Arc<AutomationService>> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(show, replace, delete))
        .routes(routes!(rotate_secret))
        .routes(routes!(test))
        .routes(routes!(deliveries))
        .routes(routes!(delivery))
        .routes(routes!(redeliver))
}

/// Your webhook endpoints, newest first.
#[utoipa::path(
    get, path = "/webhooks", tag = "webhooks", operation_id = "list_webhooks", params(PageQuery),
    responses((status = 200, body = Envelope<Page<EndpointView>>), (status = 401, body = ErrorEnvelope)),
    security(("bearer" = [])),
)]
pub async fn list(
    State(service): Service,
    who: Principal,
    ApiQuery(query): ApiQuery<PageQuery>,
) -> Result<Reply<Page<EndpointView>>, Failure> {
    Ok(Reply::ok(service.endpoints(&who, query.page()?).await?.map(Into::into)))
}

/// Keeps an endpoint. This answer alone has its secret.
#[utoipa::path(
    post, path = "/webhooks", tag = "webhooks", operation_id = "create_webhook",
    request_body = EndpointBody,
    responses(
        (status = 201, body = Envelope<EndpointSecretView>),
        (status = 409, description = "TOO_MANY", body = ErrorEnvelope),
        (status = 422, body = ErrorEnvelope),
    ),
    security(("bearer" = [])),
)]
pub async fn create(
    State(service): Service,
    who: Principal,
    ApiJson(body): ApiJson<EndpointBody>,
) -> Result<Reply<EndpointSecretView>, Failure> {
    Ok(Reply::created(service.add_endpoint(&who, body.into()).await?.into()))
}

/// One endpoint.
#[utoipa::path(
    get, path = "/webhooks/{id}", tag = "webhooks", operation_id = "show_webhook",
    params(("id" = uuid::Uuid, Path, description = "endpoint")),
    responses((status = 200, body = Envelope<EndpointView>), (status = 404, body = ErrorEnvelope)),
    security(("bearer" = [])),
)]
pub async fn show(
    State(service): Service,
    who: Principal,
    ApiPath(id): ApiPath<Id<Endpoint>>,
) -> Result<Reply<EndpointView>, Failure> {
    Ok(Reply::ok(service.endpoint(&who, id).await?.into()))
}

/// Says something else of an endpoint, and forgives its failures until now.
#[utoipa::path(
    put, path = "/webhooks/{id}", tag = "webhooks", operation_id = "replace_webhook",
    request_body = EndpointBody,
    params(("id" = uuid::Uuid, Path, description = "endpoint")),
    responses(
        (status = 200, body = Envelope<EndpointView>),
        (status = 404, body = ErrorEnvelope),
        (status = 422, body = ErrorEnvelope),
    ),
    security(("bearer" = [])),
)]
pub async fn replace(
    State(service): Service,
    who: Principal,
    ApiPath(id): ApiPath<Id<Endpoint>>,
    ApiJson(body): ApiJson<EndpointBody>,
) -> Result<Reply<EndpointView>, Failure> {
    Ok(Reply::ok(service.change_endpoint(&who, id, body.into()).await?.into()))
}

/// Removes an endpoint with its deliveries.
#[utoipa::path(
    delete, path = "/webhooks/{id}", tag = "webhooks", operation_id = "delete_webhook",
    params(("id" = uuid::Uuid, Path, description = "endpoint")),
    responses((status = 200, body = Envelope<Empty>), (status = 404, body = ErrorEnvelope)),
    security(("bearer" = [])),
)]
pub async fn delete(
    State(service): Service,
    who: Principal,
    ApiPath(id): ApiPath<Id<Endpoint>>,
) -> Result<Reply<Empty>, Failure> {
    service.remove_endpoint(&who, id).await?;
    Ok(Reply::empty())
}

/// Gives the endpoint another secret. For 24 hours the one before signs too.
#[utoipa::path(
    post, path = "/webhooks/{id}/rotate-secret", tag = "webhooks",
    operation_id = "rotate_webhook_secret",
    params(("id" = uuid::Uuid, Path, description = "endpoint")),
    responses(
        (status = 200, body = Envelope<EndpointSecretView>),
        (status = 404, body = ErrorEnvelope),
    ),
    security(("bearer" = [])),
)]
pub async fn rotate_secret(
    State(service): Service,
    who: Principal,
    ApiPath(id): ApiPath<Id<Endpoint>>,
) -> Result<Reply<EndpointSecretView>, Failure> {
    Ok(Reply::ok(service.rotate_secret(&who, id).await?.into()))
}

/// Sends a message of the type `webhook.test`.
#[utoipa::path(
    post, path = "/webhooks/{id}/test", tag = "webhooks", operation_id = "test_webhook",
    params(("id" = uuid::Uuid, Path, description = "endpoint")),
    responses(
        (status = 202, body = Envelope<DeliveryView>),
        (status = 404, body = ErrorEnvelope),
        (status = 409, description = "ENDPOINT_DISABLED or TOO_MANY", body = ErrorEnvelope),
    ),
    security(("bearer" = [])),
)]
pub async fn test(
    State(service): Service,
    who: Principal,
    ApiPath(id): ApiPath<Id<Endpoint>>,
) -> Result<Reply<DeliveryView>, Failure> {
    Ok(Reply::accepted(service.test_endpoint(&who, id).await?.into()))
}

/// Filter of deliveries.
#[derive(Debug, Deserialize, Validate, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DeliveriesQuery {
    /// Only those of the state.
    #[garde(skip)]
    pub state: Option<DeliveryState>,
    /// Rows of a page, 1 to 200; 50 unless given.
    #[garde(range(min = 1, max = 200))]
    #[param(minimum = 1, maximum = 200, example = 50)]
    pub limit: Option<u32>,
    /// `next_cursor` of the page before.
    #[garde(length(max = 200))]
    pub cursor: Option<String>,
}

/// Messages for the endpoint and what became of them; newest first, for 30 days.
#[utoipa::path(
    get, path = "/webhooks/{id}/deliveries", tag = "webhooks",
    operation_id = "list_webhook_deliveries",
    params(("id" = uuid::Uuid, Path, description = "endpoint"), DeliveriesQuery),
    responses((status = 200, body = Envelope<Page<DeliveryView>>), (status = 404, body = ErrorEnvelope)),
    security(("bearer" = [])),
)]
pub async fn deliveries(
    State(service): Service,
    who: Principal,
    ApiPath(id): ApiPath<Id<Endpoint>>,
    ApiQuery(query): ApiQuery<DeliveriesQuery>,
) -> Result<Reply<Page<DeliveryView>>, Failure> {
    let page = PageQuery::parse(query.limit, query.cursor.as_deref())?;
    let query = DeliveryQuery { state: query.state, page };
    Ok(Reply::ok(service.deliveries(&who, id, query).await?.map(Into::into)))
}

/// One delivery with its body and its attempts.
#[utoipa::path(
    get, path = "/webhooks/{id}/deliveries/{delivery_id}", tag = "webhooks",
    operation_id = "show_webhook_delivery",
    params(
        ("id" = uuid::Uuid, Path, description = "endpoint"),
        ("delivery_id" = uuid::Uuid, Path, description = "delivery"),
    ),
    responses((status = 200, body = Envelope<DeliveryDetailView>), (status = 404, body = ErrorEnvelope)),
    security(("bearer" = [])),
)]
pub async fn delivery(
    State(service): Service,
    who: Principal,
    ApiPath((endpoint, id)): ApiPath<(Id<Endpoint>, Id<Delivery>)>,
) -> Result<Reply<DeliveryDetailView>, Failure> {
    Ok(Reply::ok(service.delivery(&who, endpoint, id).await?.into()))
}

/// Sends a delivery that ended again, under the same `webhook-id`.
#[utoipa::path(
    post, path = "/webhooks/{id}/deliveries/{delivery_id}/redeliver", tag = "webhooks",
    operation_id = "redeliver_webhook",
    params(
        ("id" = uuid::Uuid, Path, description = "endpoint"),
        ("delivery_id" = uuid::Uuid, Path, description = "delivery"),
    ),
    responses(
        (status = 202, body = Envelope<DeliveryView>),
        (status = 404, body = ErrorEnvelope),
        (status = 409, description = "ENDPOINT_DISABLED or DELIVERY_PENDING", body = ErrorEnvelope),
    ),
    security(("bearer" = [])),
)]
pub async fn redeliver(
    State(service): Service,
    who: Principal,
    ApiPath((endpoint, id)): ApiPath<(Id<Endpoint>, Id<Delivery>)>,
) -> Result<Reply<DeliveryView>, Failure> {
    Ok(Reply::accepted(service.redeliver(&who, endpoint, id).await?.into()))
}
