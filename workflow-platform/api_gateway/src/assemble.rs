//! The router of the whole application.

use std::sync::Arc;

use axum::{
    Router, extract::DefaultBodyLimit, http::Method, middleware::from_fn_with_state,
    response::Response, routing::get,
};
use bytes::Bytes;
use serde_json::Value;
use shared_kernel::{
    api::AuthLayerState,
    application::{AuditTrail, Authenticator, IdempotencyKeys, RateLimiter},
    domain::Ambient,
};
use tower::ServiceBuilder;
use tower_http::compression::{
    CompressionLayer, Predicate,
    predicate::{NotForContentType, SizeAbove},
};
use utoipa_axum::router::OpenApiRouter;

use crate::{
    GatewaySettings, HealthPart, Readiness,
    answered::Answers,
    audit::Watch,
    bounds::{self, BodyLimit, Bounds, TimeLimits},
    contract::Contract,
    cors, docs,
    door::{self, Door},
    fallback,
    health::{self, Health},
    keys,
    limits::Limits,
    metrics, openapi,
    operation::{self, Operations},
    request::{RequestLayer, contextualise},
    ui,
};

/// Bodies smaller than this are sent as they are.
const COMPRESS_FROM: u64 = 1000;

/// What the gateway is made of.
pub struct Gateway {
    pub settings: GatewaySettings,
    pub contexts: Vec<OpenApiRouter>,
    pub authenticator: Arc<dyn Authenticator>,
    pub limiter: Arc<dyn RateLimiter>,
    pub idempotency: Arc<dyn IdempotencyKeys>,
    /// Hears of everything that was refused.
    pub trail: Arc<dyn AuditTrail>,
    pub parts: Vec<Arc<dyn HealthPart>>,
    pub readiness: Readiness,
    pub ambient: Ambient,
    /// The keys that access tokens can be checked with, as a JSON Web Key Set.
    pub public_keys: Value,
}

/// Puts the application together.
pub fn assemble(gateway: Gateway) -> Router {
    let Gateway { settings, contexts, authenticator, limiter, idempotency, parts, .. } = gateway;
    let (ambient, public_keys, trail) = (gateway.ambient, gateway.public_keys, gateway.trail);
    metrics::install();
    let (api, contract) = openapi::nest(contexts);
    let contract = Arc::new(contract);
    let (api, document) = api.split_for_parts();
    let document = Bytes::from(document.to_json().unwrap_or_default());
    let readiness = gateway.readiness;
    let health = Health { parts, readiness, version: settings.version.clone() };
    let authenticator = AuthLayerState(authenticator);
    let operations =
        Operations { contract: Arc::clone(&contract), authenticator, keys: idempotency };
    let api = api.layer(from_fn_with_state(Arc::new(operations), operation::keep));
    let mut whole =
        api.merge(health_routes(health)).merge(keys_route(public_keys)).fallback_service(
            get(ui::serve).fallback(fallback::not_found).with_state(Arc::new(ambient.clone())),
        );
    if settings.metrics {
        whole = whole.merge(metrics_route(&settings));
    }
    if settings.docs {
        whole = whole.merge(docs_routes(document));
    }
    let limits = Arc::new(Limits::new(settings.limits, limiter, ambient.clone()));
    let watch = Watch::new(trail, ambient.clone());
    let whole = whole.method_not_allowed_fallback(wrong_method);
    layered(whole, &settings, Some((limits, contract)), Some(watch), ambient)
}

/// `/metrics` alone, for a port of its own.
pub fn assemble_metrics(settings: &GatewaySettings, ambient: Ambient) -> Router {
    metrics::install();
    let whole = metrics_route(settings).fallback(fallback::not_found);
    let whole = whole.method_not_allowed_fallback(wrong_method);
    layered(whole, settings, None, None, ambient)
}

async fn wrong_method(method: Method) -> Response {
    fallback::wrong_method(method)
}

fn health_routes(health: Health) -> Router {
    Router::new()
        .route("/health", get(health::overall))
        .route("/health/live", get(health::live))
        .route("/health/ready", get(health::ready))
        .with_state(Arc::new(health))
}

fn keys_route(public_keys: Value) -> Router {
    Router::new().route(keys::PATH, get(keys::show).with_state(Arc::new(public_keys)))
}

fn metrics_route(settings: &GatewaySettings) -> Router {
    let token = settings.metrics_token.clone().map(Arc::new);
    Router::new().route("/metrics", get(metrics::render).with_state(token))
}

fn docs_routes(document: Bytes) -> Router {
    Router::new()
        .route(docs::DOCUMENT, get(docs::document).with_state(document))
        .route("/api/docs", get(docs::root))
        .route("/api/docs/", get(docs::index))
        .route("/api/docs/{*file}", get(docs::asset))
}

/// From the outside in. They are few and applied as one: axum copies all that lies further in for
/// each layer a request comes through, and more than once where they are applied one by one.
fn layered(
    router: Router,
    settings: &GatewaySettings,
    limits: Option<(Arc<Limits>, Arc<Contract>)>,
    watch: Option<Watch>,
    ambient: Ambient,
) -> Router {
    let request = RequestLayer {
        ambient,
        default_locale: settings.default_locale,
        trusted: settings.trusted_proxies.clone(),
        watch,
        answers: Answers::default(),
    };
    let contract = limits.as_ref().map(|(_, contract)| Arc::clone(contract));
    let door = Door {
        addresses: settings.addresses.clone(),
        limits: limits.filter(|_| settings.limits.enabled),
    };
    let bounds = Bounds {
        body: BodyLimit { bytes: settings.body_limit, contract },
        times: TimeLimits { answer: settings.time_limit, upload: settings.upload_limit },
    };
    let layers = ServiceBuilder::new()
        .layer(from_fn_with_state(Arc::new(request), contextualise))
        .layer(cors::layer(&settings.cors_origins))
        .layer(from_fn_with_state(Arc::new(door), door::admit))
        .layer(compression())
        .layer(from_fn_with_state(Arc::new(bounds), bounds::keep))
        .layer(DefaultBodyLimit::max(settings.body_limit));
    router.layer(layers)
}

fn compression() -> CompressionLayer<impl Predicate> {
    CompressionLayer::new().compress_when(
        SizeAbove::new(COMPRESS_FROM)
            .and(NotForContentType::SSE)
            .and(NotForContentType::IMAGES)
            .and(NotForContentType::GRPC),
    )
}
