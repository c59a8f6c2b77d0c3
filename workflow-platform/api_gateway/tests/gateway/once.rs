//! A request under a key is done once.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use api_gateway::{Gateway, GatewaySettings, Readiness, assemble};
use axum::{
    Router,
    body::{Body, Bytes},
    extract::State,
    http::{HeaderMap, Request, StatusCode},
};
use http_body_util::BodyExt as _;
use sea_orm::ConnectionTrait as _;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use shared_kernel::{
    api::{ApiJson, BadRequest, Failure, Reply},
    application::{IdempotencyKeys, KeyState, KeyedOutcome, KeyedProof, KeyedRequest, Principal},
    domain::Owner,
    infrastructure::{idempotency::SqlIdempotencyKeys, local_limiter::LocalLimiter, seal::Sealer},
};
use testkit::{MovableClock, TestDatabase};
use tokio::sync::Notify;
use tower::ServiceExt as _;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use crate::support::Tokens;

#[derive(Debug, Clone, Copy, Deserialize, garde::Validate)]
#[serde(rename_all = "snake_case")]
#[garde(allow_unvalidated)]
enum What {
    Make,
    MakeMuch,
    Refuse,
    Panic,
    Wait,
}

#[derive(Debug, Deserialize, garde::Validate)]
#[serde(deny_unknown_fields)]
struct Wish {
    #[garde(skip)]
    what: What,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
struct Made {
    number: usize,
    secret: String,
}

/// What the routes do, and how often they did.
#[derive(Default)]
struct Workshop {
    asked: AtomicUsize,
    begun: Notify,
    go_on: Notify,
}

impl Workshop {
    async fn work(&self, what: What) -> Result<Reply<Made>, Failure> {
        let number = self.asked.fetch_add(1, Ordering::SeqCst) + 1;
        let secret = match what {
            What::Make => "hush-hush".to_owned(),
            What::MakeMuch => "x".repeat(300 * 1024),
            What::Refuse => return Err(BadRequest::field("what", "not now").into()),
            What::Panic => panic!("as asked"),
            What::Wait => {
                self.begun.notify_one();
                self.go_on.notified().await;
                "waited".to_owned()
            }
        };
        Ok(Reply::created(Made { number, secret }))
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

#[utoipa::path(post, path = "/things", responses((status = 201)), security(("bearer" = [])))]
async fn things(
    State(shop): State<Arc<Workshop>>,
    _: Principal,
    ApiJson(wish): ApiJson<Wish>,
) -> Result<Reply<Made>, Failure> {
    shop.work(wish.what).await
}

#[utoipa::path(post, path = "/others", responses((status = 201)), security(("bearer" = [])))]
async fn others(
    State(shop): State<Arc<Workshop>>,
    _: Principal,
    ApiJson(wish): ApiJson<Wish>,
) -> Result<Reply<Made>, Failure> {
    shop.work(wish.what).await
}

#[utoipa::path(post, path = "/open", responses((status = 201)))]
async fn open(
    State(shop): State<Arc<Workshop>>,
    ApiJson(wish): ApiJson<Wish>,
) -> Result<Reply<Made>, Failure> {
    shop.work(wish.what).await
}

struct World {
    router: Router,
    shop: Arc<Workshop>,
    keys: SqlIdempotencyKeys,
    clock: Arc<MovableClock>,
    place: TestDatabase,
}

async fn worlds() -> Vec<World> {
    testkit::databases(&[]).await.into_iter().map(world).collect()
}

fn world(place: TestDatabase) -> World {
    let (ambient, clock) = testkit::ambient();
    let sealer = Sealer::new(b"0123456789abcdef0123456789abcdef", ambient.clone());
    let keys = SqlIdempotencyKeys::new(place.database.clone(), sealer, ambient.clone());
    let shop = Arc::new(Workshop::default());
    let context = OpenApiRouter::new()
        .routes(routes!(things))
        .routes(routes!(others))
        .routes(routes!(open))
        .with_state(Arc::clone(&shop));
    let router = assemble(Gateway {
        settings: GatewaySettings::default(),
        contexts: vec![context],
        authenticator: Arc::new(Tokens),
        limiter: Arc::new(LocalLimiter::default()),
        trail: Arc::new(testkit::Trail::default()),
        idempotency: Arc::new(keys.clone()),
        parts: Vec::new(),
        readiness: Readiness::default(),
        public_keys: json!({ "keys": [] }),
        ambient: ambient.clone(),
    });
    World { router, shop, keys, clock, place }
}

struct Answer {
    status: u16,
    headers: HeaderMap,
    body: Bytes,
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    fn is_replayed(&self) -> bool {
        self.headers.get("idempotency-replayed").is_some_and(|value| value == "true")
    }

    #[track_caller]
    fn refused(&self, status: u16, code: &str) {
        assert_eq!((self.status, &self.json()["error"]), (status, &json!(code)));
        assert!(!self.is_replayed());
    }
}

impl World {
    async fn send(&self, token: &str, path: &str, keys: &[&str], what: &str) -> Answer {
        let mut ask = Request::builder()
            .method("POST")
            .uri(format!("/api/v1{path}"))
            .header("authorization", format!("Bearer {token}"))
            .header("content-type", "application/json");
        for key in keys {
            ask = ask.header("idempotency-key", *key);
        }
        let body = json!({ "what": what }).to_string();
        let response = self.router.clone().oneshot(ask.body(Body::from(body)).unwrap()).await;
        let (parts, body) = response.unwrap().into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        Answer { status: parts.status.as_u16(), headers: parts.headers, body }
    }

    async fn make(&self, key: &str, what: &str) -> Answer {
        self.send("good", "/things", &[key], what).await
    }
}

/// The same request as [`World::make`] sends, as the table is asked for it.
fn keyed(key: &str, what: &str) -> KeyedRequest {
    KeyedRequest {
        owner: Owner::new(Uuid::nil().into()),
        proof: KeyedProof::Session,
        key: key.parse().unwrap(),
        route: "POST /api/v1/things".to_owned(),
        target: "/api/v1/things".to_owned(),
        body: json!({ "what": what }).to_string().into(),
    }
}

#[tokio::test]
async fn a_repeated_request_is_done_once_and_answered_the_same() {
    for world in worlds().await {
        let first = world.make("k-1", "make").await;
        let again = world.make("k-1", "make").await;
        assert_eq!((first.status, again.status), (201, 201), "{}", world.place.name);
        assert_eq!(first.body, again.body);
        assert!(!first.is_replayed() && again.is_replayed());
        assert_eq!(again.headers["content-type"], "application/json");
        assert_eq!(world.shop.asked(), 1, "{}", world.place.name);
        assert_eq!(world.make("k-2", "make").await.json()["data"]["number"], 2);
    }
}

#[tokio::test]
async fn a_request_that_comes_while_the_first_is_under_way_is_told_to_wait() {
    for world in worlds().await {
        let (first, ()) = tokio::join!(world.make("k", "wait"), async {
            world.shop.begun.notified().await;
            let second = world.make("k", "wait").await;
            second.refused(409, "IDEMPOTENCY_IN_PROGRESS");
            assert_eq!(second.headers["retry-after"], "1");
            world.shop.go_on.notify_one();
        });
        assert_eq!(first.status, 201, "{}", world.place.name);
        assert!(world.make("k", "wait").await.is_replayed());
        assert_eq!(world.shop.asked(), 1, "{}", world.place.name);
    }
}

#[tokio::test]
async fn a_key_means_one_request_of_one_user() {
    for world in worlds().await {
        assert_eq!(world.make("k", "make").await.status, 201);
        world.make("k", "make_much").await.refused(422, "IDEMPOTENCY_KEY_REUSED");
        let elsewhere = world.send("good", "/others", &["k"], "make").await;
        elsewhere.refused(422, "IDEMPOTENCY_KEY_REUSED");
        let theirs = world.send("other", "/things", &["k"], "make").await;
        assert_eq!((theirs.status, theirs.is_replayed()), (201, false), "{}", world.place.name);
        let program = world.send("program", "/things", &["k"], "make").await;
        program.refused(422, "IDEMPOTENCY_KEY_REUSED");
        assert_eq!(world.shop.asked(), 2, "{}", world.place.name);
    }
}

#[tokio::test]
async fn what_was_refused_or_failed_may_be_tried_again() {
    for world in worlds().await {
        for (what, status) in [("refuse", 422), ("panic", 500)] {
            for _ in 0..2 {
                let answer = world.make(what, what).await;
                assert_eq!((answer.status, answer.is_replayed()), (status, false), "{what}");
            }
        }
        assert_eq!(world.shop.asked(), 4, "{}", world.place.name);
    }
}

#[tokio::test]
async fn an_answer_too_large_to_keep_is_said_so_and_not_done_again() {
    for world in worlds().await {
        assert_eq!(world.make("k", "make_much").await.status, 201);
        world.make("k", "make_much").await.refused(409, "IDEMPOTENCY_ANSWER_NOT_KEPT");
        assert_eq!(world.shop.asked(), 1, "{}", world.place.name);
    }
}

#[tokio::test]
async fn a_caller_who_goes_away_finds_later_what_was_done() {
    for world in worlds().await {
        tokio::select! {
            _ = world.make("k", "wait") => panic!("it waits"),
            () = world.shop.begun.notified() => {}
        }
        world.shop.go_on.notify_one();
        let found = loop {
            let answer = world.make("k", "wait").await;
            if answer.status != 409 {
                break answer;
            }
            tokio::task::yield_now().await;
        };
        assert_eq!((found.status, found.is_replayed()), (201, true), "{}", world.place.name);
        assert_eq!(world.shop.asked(), 1, "{}", world.place.name);
    }
}

#[tokio::test]
async fn the_key_of_a_process_that_died_is_free_for_the_same_request_after_its_lease() {
    for world in worlds().await {
        let claimed = world.keys.claim(&keyed("k", "make")).await.unwrap();
        let KeyState::Fresh(lease) = claimed else { panic!("{claimed:?}") };
        world.clock.advance(Duration::from_mins(2));
        world.make("k", "make").await.refused(409, "IDEMPOTENCY_IN_PROGRESS");
        world.clock.advance(Duration::from_secs(1));
        world.make("k", "refuse").await.refused(422, "IDEMPOTENCY_KEY_REUSED");
        let made = world.make("k", "make").await;
        assert_eq!((made.status, world.shop.asked()), (201, 1), "{}", world.place.name);
        let late = KeyedOutcome::Refused;
        world.keys.settle(&keyed("k", "make"), lease, late).await.unwrap();
        assert!(world.make("k", "make").await.is_replayed(), "the late one changes nothing");
    }
}

#[tokio::test]
async fn a_key_is_forgotten_after_a_day_and_swept() {
    for world in worlds().await {
        world.make("k", "make").await;
        world.clock.advance(Duration::from_hours(24));
        assert!(world.make("k", "make").await.is_replayed(), "{}", world.place.name);
        assert_eq!(world.keys.sweep().await.unwrap(), 0);
        world.clock.advance(Duration::from_secs(1));
        assert_eq!(world.make("k", "make").await.json()["data"]["number"], 2);
        world.clock.advance(Duration::from_hours(25));
        assert_eq!(world.keys.sweep().await.unwrap(), 1, "{}", world.place.name);
    }
}

#[tokio::test]
async fn kept_answers_are_sealed() {
    for world in worlds().await {
        assert!(world.make("k", "make").await.json().to_string().contains("hush-hush"));
        let database = &world.place.database;
        let all = database.statement("SELECT answer, fingerprint FROM idempotency_keys", []);
        let row = database.read().query_one_raw(all).await.unwrap().unwrap();
        let answer: String = row.try_get_by_index(0).unwrap();
        assert!(answer.starts_with("v2.") && !answer.contains("hush-hush"), "{answer}");
    }
}

#[tokio::test]
async fn a_key_that_is_none_is_refused_and_strangers_are_told_to_sign_in() {
    for world in worlds().await {
        for keys in [&[""][..], &["two words"], &[&"k".repeat(256)], &["a", "b"]] {
            let answer = world.send("good", "/things", keys, "make").await;
            answer.refused(422, "VALIDATION_ERROR");
            assert!(answer.json()["details"]["Idempotency-Key"].is_array());
        }
        let stranger = world.send("guess", "/things", &["k"], "make").await;
        assert_eq!(stranger.status, StatusCode::UNAUTHORIZED.as_u16());
        assert_eq!(world.shop.asked(), 0, "{}", world.place.name);
    }
}

#[tokio::test]
async fn operations_that_are_open_to_strangers_take_no_key() {
    for world in worlds().await {
        for _ in 0..2 {
            let answer = world.send("good", "/open", &["k"], "make").await;
            assert_eq!((answer.status, answer.is_replayed()), (201, false));
        }
        assert_eq!(world.shop.asked(), 2, "{}", world.place.name);
    }
}

#[tokio::test]
async fn the_document_names_the_header_where_it_counts() {
    let world = worlds().await.swap_remove(0);
    let ask = Request::builder().uri("/api/openapi.json").body(Body::empty()).unwrap();
    let answer = world.router.oneshot(ask).await.unwrap().into_body().collect().await.unwrap();
    let document: Value = serde_json::from_slice(&answer.to_bytes()).unwrap();
    let named = |path: &str| {
        let parameters = &document["paths"][format!("/api/v1{path}")]["post"]["parameters"];
        parameters.to_string().contains("\"Idempotency-Key\"")
    };
    assert!(named("/things") && named("/others") && !named("/open"));
}
