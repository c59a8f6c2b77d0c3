//! A gateway with a few routes, as callers from given addresses see it.

use std::{net::SocketAddr, sync::Arc};

use api_gateway::{Gateway, GatewaySettings, Readiness, assemble};
use async_trait::async_trait;
use axum::{
    Router,
    body::Body,
    extract::ConnectInfo,
    http::{HeaderMap, Request, StatusCode},
};
use http_body_util::BodyExt as _;
use serde_json::Value;
use shared_kernel::{
    api::{Empty, Reply},
    application::{
        AuthenticationError, Authenticator, Principal, Proof, RateLimiter, SessionProof,
    },
    domain::{Locale, Role},
    infrastructure::{local_limiter::LocalLimiter, redis_limiter::RedisLimiter, system},
};
use testkit::MovableClock;
use tower::ServiceExt as _;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

/// A name that no other test counts under.
pub fn fresh(name: &str) -> String {
    format!("{name}:{}", system::ambient().uuid().simple())
}

pub async fn redis_limiter(url: &str) -> RedisLimiter {
    let client = redis::Client::open(url).unwrap();
    RedisLimiter::new(client.get_connection_manager().await.unwrap())
}

/// A token is the number of its user.
struct Numbers;

#[async_trait]
impl Authenticator for Numbers {
    async fn authenticate(&self, bearer: &str) -> Result<Principal, AuthenticationError> {
        let user: u128 = bearer.parse().map_err(|_| AuthenticationError::Invalid)?;
        Ok(Principal {
            user: Uuid::from_u128(user).into(),
            role: Role::User,
            locale: Locale::En,
            proof: Proof::Session(SessionProof {
                id: Uuid::nil(),
                token: Uuid::nil(),
                expires_at: i64::MAX,
            }),
        })
    }
}

#[utoipa::path(post, path = "/users/auth/login", responses((status = 200)))]
async fn login() -> Reply<Empty> {
    Reply::empty()
}

#[utoipa::path(get, path = "/mine", responses((status = 200)), security(("bearer" = [])))]
async fn mine(_: Principal) -> Reply<Empty> {
    Reply::empty()
}

#[utoipa::path(get, path = "/open", responses((status = 200)))]
async fn open() -> Reply<Empty> {
    Reply::empty()
}

#[utoipa::path(get, path = "/users/admin/users", responses((status = 200)))]
async fn administration() -> Reply<Empty> {
    Reply::empty()
}

#[utoipa::path(post, path = "/workflow/hooks/{token}", responses((status = 200)))]
async fn hook() -> Reply<Empty> {
    Reply::empty()
}

pub struct Site {
    router: Router,
    pub clock: Arc<MovableClock>,
}

/// What came back.
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Value,
}

impl Answer {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    #[track_caller]
    pub fn refused(self, status: u16, code: &str) -> Self {
        assert_eq!((self.status.as_u16(), &self.body["error"]), (status, &code.into()));
        self
    }
}

impl Site {
    pub fn new(settings: GatewaySettings) -> Self {
        Self::on(settings, Arc::new(LocalLimiter::default()))
    }

    pub fn on(settings: GatewaySettings, limiter: Arc<dyn RateLimiter>) -> Self {
        let (ambient, clock) = testkit::ambient();
        let context = OpenApiRouter::new()
            .routes(routes!(login))
            .routes(routes!(mine))
            .routes(routes!(open))
            .routes(routes!(administration))
            .routes(routes!(hook));
        let router = assemble(Gateway {
            settings,
            contexts: vec![context],
            authenticator: Arc::new(Numbers),
            limiter,
            idempotency: Arc::new(testkit::NoKeys),
            trail: Arc::new(testkit::Trail::default()),
            parts: Vec::new(),
            readiness: Readiness::default(),
            ambient,
            public_keys: serde_json::json!({ "keys": [] }),
        });
        Self { router, clock }
    }

    /// Sends from the address, with further headers.
    pub async fn send(
        &self,
        from: &str,
        (method, path): (&str, &str),
        headers: &[(&str, &str)],
    ) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut request = request.body(Body::empty()).unwrap();
        let peer = SocketAddr::new(from.parse().unwrap(), 4711);
        request.extensions_mut().insert(ConnectInfo(peer));
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        let body = serde_json::from_slice(&bytes).unwrap_or_default();
        Answer { status: parts.status, headers: parts.headers, body }
    }

    pub async fn get(&self, from: &str, path: &str) -> Answer {
        self.send(from, ("GET", path), &[]).await
    }

    pub async fn login(&self, from: &str) -> Answer {
        self.send(from, ("POST", "/api/v1/users/auth/login"), &[]).await
    }

    pub async fn mine(&self, from: &str, token: &str) -> Answer {
        let token = format!("Bearer {token}");
        self.send(from, ("GET", "/api/v1/mine"), &[("authorization", &token)]).await
    }
}
