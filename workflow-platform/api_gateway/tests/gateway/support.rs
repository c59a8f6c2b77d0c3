//! A gateway around a few routes.

use std::{sync::Arc, time::Duration};

use api_gateway::{Gateway, GatewaySettings, HealthPart, Readiness, assemble};
use async_trait::async_trait;
use axum::{
    Router,
    body::Body,
    http::{Request, Response, StatusCode},
};
use http_body_util::BodyExt as _;
use serde::Deserialize;
use serde_json::Value;
use shared_kernel::{
    api::{ApiJson, ApiQuery, BadRequest, Checked, Empty, Failure, PageQuery, Reply},
    application::{AuthenticationError, Authenticator, Principal, Proof, SessionProof},
    domain::{Locale, Permission, Permissions, Role},
    infrastructure::local_limiter::LocalLimiter,
};
use testkit::Trail;
use tower::ServiceExt as _;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

/// Knows the tokens `good` and `other`, of people who speak English, and `program`, a key of the
/// first one's.
pub struct Tokens;

#[async_trait]
impl Authenticator for Tokens {
    async fn authenticate(&self, bearer: &str) -> Result<Principal, AuthenticationError> {
        let session = SessionProof { id: Uuid::nil(), token: Uuid::nil(), expires_at: i64::MAX };
        let (user, proof) = match bearer {
            "good" => (Uuid::nil(), Proof::Session(session)),
            "program" => {
                (Uuid::nil(), Proof::ApiKey { id: Uuid::max(), scopes: Permissions::default() })
            }
            "other" => (Uuid::max(), Proof::Session(session)),
            _ => return Err(AuthenticationError::Invalid),
        };
        Ok(Principal { user: user.into(), role: Role::User, locale: Locale::En, proof })
    }
}

struct Part(bool);

#[async_trait]
impl HealthPart for Part {
    fn name(&self) -> &'static str {
        "database"
    }

    async fn check(&self) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        if self.0 { Ok(()) } else { Err("away".into()) }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Order {
    count: u8,
}

impl Checked for Order {
    fn check(&self) -> Result<(), BadRequest> {
        if self.count == 0 { Err(BadRequest::field("count", "must not be 0")) } else { Ok(()) }
    }
}

#[utoipa::path(post, path = "/orders", responses((status = 200)))]
async fn order(ApiJson(order): ApiJson<Order>) -> Reply<u8> {
    Reply::ok(order.count)
}

#[utoipa::path(get, path = "/panic", responses((status = 200)))]
async fn panics() -> Reply<Empty> {
    panic!("secret detail")
}

#[utoipa::path(get, path = "/slow", responses((status = 200)))]
async fn slow() -> Reply<Empty> {
    tokio::time::sleep(Duration::from_secs(5)).await;
    Reply::empty()
}

#[utoipa::path(get, path = "/mine", responses((status = 200)))]
async fn mine(_: Principal) -> Reply<Empty> {
    Reply::empty()
}

#[utoipa::path(get, path = "/large", responses((status = 200)))]
async fn large() -> Reply<String> {
    Reply::ok("x".repeat(5000))
}

#[utoipa::path(get, path = "/list", params(PageQuery), responses((status = 200)))]
async fn list(ApiQuery(page): ApiQuery<PageQuery>) -> Result<Reply<u32>, Failure> {
    Ok(Reply::ok(page.page()?.limit))
}

#[utoipa::path(get, path = "/guarded/{id}", responses((status = 200, body = String)))]
async fn guarded(who: Principal) -> Result<Reply<Empty>, Failure> {
    who.require(Permission::UsersRead)?;
    Ok(Reply::empty())
}

pub fn settings() -> GatewaySettings {
    GatewaySettings {
        body_limit: 1000,
        time_limit: Duration::from_millis(100),
        cors_origins: vec!["https://app.example".to_owned()],
        metrics_token: Some("scrape".into()),
        ..GatewaySettings::default()
    }
}

pub fn router(well: bool) -> Router {
    router_with(settings(), well)
}

pub fn router_with(settings: GatewaySettings, well: bool) -> Router {
    watched(settings, well, Arc::new(Trail::default()))
}

pub fn watched(settings: GatewaySettings, well: bool, trail: Arc<Trail>) -> Router {
    let context = OpenApiRouter::new()
        .routes(routes!(order))
        .routes(routes!(panics))
        .routes(routes!(slow))
        .routes(routes!(mine))
        .routes(routes!(list))
        .routes(routes!(guarded))
        .routes(routes!(large));
    let (ambient, _) = testkit::ambient();
    assemble(Gateway {
        settings,
        contexts: vec![context],
        authenticator: Arc::new(Tokens),
        limiter: Arc::new(LocalLimiter::default()),
        idempotency: Arc::new(testkit::NoKeys),
        trail,
        parts: vec![Arc::new(Part(well))],
        readiness: Readiness::default(),
        ambient,
        public_keys: serde_json::json!({ "keys": [] }),
    })
}

pub async fn send(request: Request<Body>) -> Response<Body> {
    router(true).oneshot(request).await.unwrap()
}

pub fn request(method: &str, path: &str) -> axum::http::request::Builder {
    Request::builder().method(method).uri(path)
}

pub async fn json(response: Response<Body>) -> Value {
    let body = response.into_body().collect().await.unwrap().to_bytes();
    serde_json::from_slice(&body).unwrap()
}

/// Sends, and checks what every error has; gives the envelope.
pub async fn refused(request: Request<Body>, status: StatusCode, code: &str) -> Value {
    let response = send(request).await;
    assert_eq!(response.status(), status);
    let id = response.headers()["x-request-id"].to_str().unwrap().to_owned();
    assert_eq!(response.headers()["x-content-type-options"], "nosniff");
    let body = json(response).await;
    assert_eq!(body["success"], false);
    assert_eq!(body["error"], code);
    assert_eq!(body["request_id"], id);
    assert!(body["timestamp"].as_str().unwrap().ends_with('Z'));
    body
}

pub fn post(body: impl Into<Body>) -> Request<Body> {
    request("POST", "/api/v1/orders")
        .header("content-type", "application/json")
        .body(body.into())
        .unwrap()
}
