//! Cookies of sessions, what the operator decides, and the classes of answers.

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    http::{StatusCode, header},
    response::{AppendHeaders, IntoResponse as _, Redirect},
    routing::get,
};
use data_collection::{
    PoliteFetcher,
    application::hosts::{HostRules, HostsError},
    domain::host::HostDecision,
    infrastructure::hosts::{RememberedRules, SqlHostRules},
};
use shared_kernel::{
    application::{
        Bus, FetchError, FetchOutcome, FetchRequest, Fetcher as _, Principal, Proof, SessionProof,
    },
    domain::{Locale, PageRequest, Role},
    infrastructure::local_bus::LocalBus,
};

use uuid::Uuid;

use crate::{
    step::owner,
    web::{Web, fetcher, fetcher_of, get as fetch, parts, request},
};

async fn cookies_of(fetcher: &PoliteFetcher, mut wanted: FetchRequest) -> String {
    wanted.timeout = Duration::from_secs(5);
    let answer = fetcher.fetch(wanted).await.unwrap();
    String::from_utf8(answer.body.to_vec()).unwrap()
}

#[tokio::test]
async fn cookies_stay_within_their_session_and_their_owner() {
    let shown = async |headers: axum::http::HeaderMap| {
        headers.get("cookie").map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default()
    };
    let set = async || {
        AppendHeaders([
            (header::SET_COOKIE, "id=1; Path=/"),
            (header::SET_COOKIE, "a=2; Domain=com"),
        ])
    };
    let through = async || ([(header::SET_COOKIE, "way=3; Path=/")], Redirect::to("/show"));
    let router = Router::new()
        .route("/robots.txt", get(async || ""))
        .route("/set", get(set))
        .route("/through", get(through))
        .route("/show", get(shown));
    let site = Web::serving(router).await;
    let fetcher = fetcher(&[site.address]);
    let asking = |path: &str, who: u128, session: Option<&str>| FetchRequest {
        owner: owner(who),
        session: session.map(Into::into),
        ..request(&site.url(path))
    };
    cookies_of(&fetcher, asking("/set", 1, Some("s"))).await;
    assert_eq!(cookies_of(&fetcher, asking("/show", 1, Some("s"))).await, "id=1");
    assert_eq!(cookies_of(&fetcher, asking("/show", 1, Some("t"))).await, "");
    assert_eq!(cookies_of(&fetcher, asking("/show", 2, Some("s"))).await, "");
    assert_eq!(cookies_of(&fetcher, asking("/show", 1, None)).await, "");
    assert_eq!(cookies_of(&fetcher, asking("/through", 1, None)).await, "way=3", "one fetch");
    assert_eq!(cookies_of(&fetcher, asking("/show", 1, None)).await, "");
    let mut own = asking("/show", 1, Some("s"));
    own.headers = vec![("Cookie".to_owned(), "mine=4".to_owned())];
    assert_eq!(cookies_of(&fetcher, own).await, "mine=4");
}

fn person(role: Role) -> Principal {
    let session =
        SessionProof { id: Uuid::from_u128(2), token: Uuid::from_u128(3), expires_at: i64::MAX };
    Principal {
        user: Uuid::from_u128(1).into(),
        role,
        locale: Locale::En,
        proof: Proof::Session(session),
    }
}

#[tokio::test]
async fn what_the_operator_decides_holds_at_once_and_is_told() {
    for world in testkit::databases(&[data_collection::migrations]).await {
        let router = Router::new()
            .route("/robots.txt", get(async || "user-agent: *\ndisallow: /\n"))
            .fallback(async || "page");
        let site = Web::serving(router).await;
        let (ambient, _) = testkit::ambient();
        let store = Arc::new(SqlHostRules::new(world.database.clone()));
        let bus: Arc<dyn Bus> = Arc::new(LocalBus::default());
        let rules = Arc::new(RememberedRules::new(store.clone(), bus));
        let hosts = data_collection::application::hosts::HostsModule::new(
            world.database.clone(),
            store,
            Arc::clone(&rules) as Arc<dyn HostRules>,
            ambient,
        );
        let mut parts = parts(&[site.address.to_string()]);
        parts.rules = Some(rules);
        let fetcher = fetcher_of(data_collection::FetcherSettings::default(), parts);
        let url = site.url("/page");
        let error = fetch(&fetcher, &url).await.unwrap_err();
        assert!(matches!(error, FetchError::RobotsDenied { .. }), "{}: {error}", world.name);

        let decision = HostDecision {
            ignore_robots: true,
            reason: "our own site".to_owned(),
            ..HostDecision::default()
        };
        let host = site.address.to_string();
        let user = hosts.decide(&person(Role::Admin), &host, decision.clone()).await;
        assert!(matches!(user, Err(HostsError::Authentication(_))), "{}", world.name);
        let operator = person(Role::SuperAdmin);
        hosts.decide(&operator, &host, decision.clone()).await.unwrap();
        let answer = fetch(&fetcher, &url).await.unwrap();
        assert!(answer.notes[0].contains("our own site"), "{:?}", answer.notes);

        let blocked = HostDecision { blocked: true, ..decision };
        hosts.decide(&operator, "127.0.0.1", blocked.clone()).await.unwrap();
        assert!(fetch(&fetcher, &url).await.is_ok(), "the more exact decision counts");
        hosts.decide(&operator, &host, blocked).await.unwrap();
        let error = fetch(&fetcher, &url).await.unwrap_err();
        assert!(matches!(error, FetchError::Blocked { .. }), "{}: {error}", world.name);
        assert_eq!(hosts.list(&operator, PageRequest::first(1)).await.unwrap().items.len(), 1);
        hosts.release(&operator, &host).await.unwrap();
        hosts.release(&operator, "127.0.0.1").await.unwrap();
        let again = hosts.release(&operator, &host).await;
        assert!(matches!(again, Err(HostsError::NotFound)), "{}", world.name);
        let error = fetch(&fetcher, &url).await.unwrap_err();
        assert!(matches!(error, FetchError::RobotsDenied { .. }), "{}: {error}", world.name);
        assert_eq!(site.seen.count("/page"), 2, "{}", world.name);
    }
}

#[tokio::test]
async fn a_challenge_stops_the_host_for_everybody() {
    let challenge = async || {
        (StatusCode::FORBIDDEN, [("cf-mitigated", "challenge")], "<html>prove it</html>")
            .into_response()
    };
    let router = Router::new()
        .route("/robots.txt", get(async || ""))
        .route("/guarded", get(challenge))
        .fallback(async || "page");
    let site = Web::serving(router).await;
    let fetcher = fetcher(&[site.address]);
    let answer = fetch(&fetcher, &site.url("/guarded")).await.unwrap();
    assert_eq!(answer.outcome, FetchOutcome::Challenge);
    let other = FetchRequest { owner: owner(2), ..request(&site.url("/page")) };
    let error = fetcher.fetch(other).await.unwrap_err();
    assert!(matches!(error, FetchError::Throttled { .. }), "{error}");
    assert_eq!(site.seen.count("/page"), 0);
}

#[tokio::test]
async fn answers_have_their_classes() {
    let router = Router::new()
        .route("/robots.txt", get(async || ""))
        .route("/gone", get(async || StatusCode::GONE))
        .route("/members", get(async || Redirect::to("/login?next=members")))
        .route("/login", get(async || "a form"))
        .route("/page", get(async || "page"));
    let site = Web::serving(router).await;
    let fetcher = fetcher(&[site.address]);
    for (path, outcome) in [
        ("/gone", FetchOutcome::Gone),
        ("/missing", FetchOutcome::Gone),
        ("/members", FetchOutcome::LoginWall),
        ("/login", FetchOutcome::Ok),
        ("/page", FetchOutcome::Ok),
    ] {
        assert_eq!(fetch(&fetcher, &site.url(path)).await.unwrap().outcome, outcome, "{path}");
    }
}
