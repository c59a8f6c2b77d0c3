//! The router of the whole application.

use std::sync::Arc;

use axum::{
    Extension, Router,
    extract::DefaultBodyLimit,
    middleware::{from_fn, from_fn_with_state},
    routing::get,
};
use bytes::Bytes;
use serde_json::Value;
use shared_kernel::{
    api::AuthLayerState,
    application::{AuditTrail, Authenticator, IdempotencyKeys, RateLimiter},
    domain::Ambient,
};
use tower_http::{
    catch_panic::CatchPanicLayer,
    compression::{
        CompressionLayer, Predicate as _,
        predicate::{NotForContentType, SizeAbove},
    },
};
use utoipa_axum::router::OpenApiRouter;

use crate::{
    GatewaySettings, HealthPart, Readiness, addresses,
    audit::{self, Watch},
    contract::Contract,
    cors, docs, fallback,
    guard::{self, BodyLimit, TimeLimits},
    head::limit_head,
    headers::secure,
    health::{self, Health},
    idempotency::{self, Once},
    keys,
    limits::{Limits, limit},
    metrics, openapi, query,
    request::{RequestLayer, contextualise},
    ui,
    upload::limit_upload,
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
    let api = bound(api, Arc::clone(&contract), idempotency)
        .layer(Extension(AuthLayerState(authenticator)));
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
    let watch = Arc::new(Watch::new(trail, ambient.clone()));
    let whole = whole.method_not_allowed_fallback(fallback::wrong_method);
    layered(whole, &settings, Some((limits, contract)), Some(watch), ambient)
}

/// `/metrics` alone, for a port of its own.
pub fn assemble_metrics(settings: &GatewaySettings, ambient: Ambient) -> Router {
    metrics::install();
    let whole = metrics_route(settings).fallback(fallback::not_found);
    let whole = whole.method_not_allowed_fallback(fallback::wrong_method);
    layered(whole, settings, None, None, ambient)
}

/// What the document says of operations, around them.
fn bound(api: Router, contract: Arc<Contract>, keys: Arc<dyn IdempotencyKeys>) -> Router {
    let once = Once { keys, contract: Arc::clone(&contract) };
    api.layer(from_fn_with_state(Arc::new(once), idempotency::once))
        .layer(from_fn_with_state(contract, query::refuse_unknown))
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

/// Layers are named from the inside out.
fn layered(
    router: Router,
    settings: &GatewaySettings,
    limits: Option<(Arc<Limits>, Arc<Contract>)>,
    watch: Option<Arc<Watch>>,
    ambient: Ambient,
) -> Router {
    let compression = CompressionLayer::new().compress_when(
        SizeAbove::new(COMPRESS_FROM)
            .and(NotForContentType::SSE)
            .and(NotForContentType::IMAGES)
            .and(NotForContentType::GRPC),
    );
    let request = RequestLayer {
        ambient,
        default_locale: settings.default_locale,
        trusted: settings.trusted_proxies.clone(),
    };
    let times = TimeLimits { answer: settings.time_limit, upload: settings.upload_limit };
    let contract = limits.as_ref().map(|(_, contract)| Arc::clone(contract));
    let body = BodyLimit { bytes: settings.body_limit, contract };
    let mut router = router
        .layer(from_fn(guard::envelop))
        .layer(CatchPanicLayer::custom(guard::panicked))
        .layer(from_fn_with_state(settings.upload_limit, limit_upload))
        .layer(from_fn_with_state(times, guard::limit_time))
        .layer(DefaultBodyLimit::max(settings.body_limit))
        .layer(from_fn_with_state(body, guard::limit_body))
        .layer(from_fn(limit_head))
        .layer(compression);
    if let Some(limits) = limits.filter(|_| settings.limits.enabled) {
        router = router.layer(from_fn_with_state(limits, limit));
    }
    if !settings.addresses.is_empty() {
        let rules = Arc::new(settings.addresses.clone());
        router = router.layer(from_fn_with_state(rules, addresses::admit));
    }
    router = router
        .layer(from_fn(guard::refuse_tunnels))
        .layer(cors::layer(&settings.cors_origins))
        .layer(from_fn(secure));
    if let Some(watch) = watch {
        router = router.layer(from_fn_with_state(watch, audit::refusals));
    }
    router.layer(from_fn_with_state(Arc::new(request), contextualise))
}
