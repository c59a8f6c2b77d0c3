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
    application::{Authenticator, RateLimiter},
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
    GatewaySettings, HealthPart, Readiness, addresses, cors, docs, fallback, guard,
    headers::secure,
    health::{self, Health},
    keys,
    limits::{Limits, Secured, limit},
    metrics, openapi,
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
    pub parts: Vec<Arc<dyn HealthPart>>,
    pub readiness: Readiness,
    pub ambient: Ambient,
    /// The keys that access tokens can be checked with, as a JSON Web Key Set.
    pub public_keys: Value,
}

/// Puts the application together.
pub fn assemble(gateway: Gateway) -> Router {
    let Gateway {
        settings,
        contexts,
        authenticator,
        limiter,
        parts,
        readiness,
        ambient,
        public_keys,
    } = gateway;
    metrics::install();
    let (api, document) = openapi::nest(contexts).split_for_parts();
    let secured = Arc::new(Secured::of(&document));
    let document = Bytes::from(document.to_json().unwrap_or_default());
    let health = Health { parts, readiness, version: settings.version.clone() };
    let api = api.layer(Extension(AuthLayerState(authenticator)));
    let whole = api.merge(own_routes(&settings, health, document, public_keys)).fallback_service(
        get(ui::serve).fallback(fallback::not_found).with_state(Arc::new(ambient.clone())),
    );
    let limits = Arc::new(Limits::new(settings.limits, limiter, ambient.clone()));
    let whole = whole.method_not_allowed_fallback(fallback::wrong_method);
    layered(whole, &settings, (limits, secured), ambient)
}

fn own_routes(
    settings: &GatewaySettings,
    health: Health,
    document: Bytes,
    public_keys: Value,
) -> Router {
    let token = settings.metrics_token.clone().map(Arc::new);
    let health = Router::new()
        .route("/health", get(health::overall))
        .route("/health/live", get(health::live))
        .route("/health/ready", get(health::ready))
        .with_state(Arc::new(health));
    Router::new()
        .route("/metrics", get(metrics::render).with_state(token))
        .route(docs::DOCUMENT, get(docs::document).with_state(document))
        .route(keys::PATH, get(keys::show).with_state(Arc::new(public_keys)))
        .route("/api/docs", get(docs::root))
        .route("/api/docs/", get(docs::index))
        .route("/api/docs/{*file}", get(docs::asset))
        .merge(health)
}

/// Layers are named from the inside out.
fn layered(
    router: Router,
    settings: &GatewaySettings,
    limits: (Arc<Limits>, Arc<Secured>),
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
    let mut router = router
        .layer(from_fn(guard::envelop))
        .layer(CatchPanicLayer::custom(guard::panicked))
        .layer(from_fn_with_state(Arc::new(settings.time_limit), guard::limit_time))
        .layer(DefaultBodyLimit::max(settings.body_limit))
        .layer(from_fn_with_state(settings.body_limit, guard::limit_body))
        .layer(compression);
    if settings.limits.enabled {
        router = router.layer(from_fn_with_state(limits, limit));
    }
    if !settings.addresses.is_empty() {
        let rules = Arc::new(settings.addresses.clone());
        router = router.layer(from_fn_with_state(rules, addresses::admit));
    }
    router
        .layer(from_fn(guard::refuse_tunnels))
        .layer(cors::layer(&settings.cors_origins))
        .layer(from_fn(secure))
        .layer(from_fn_with_state(Arc::new(request), contextualise))
}
