//! How often somebody may call, and what wrong passwords lead to.

use reqwest::{Method, RequestBuilder, Response};
use serde_json::{Value, json};
use testkit::RedisServer;

use crate::support::{PASSWORD, Person, Reply, Site, TestApp, code_for, eventually};

/// The tests' own address may say for whom it calls.
const TRUSTED: (&str, &str) = ("TRUSTED_PROXIES", "127.0.0.0/8");
const HOME: &str = "2001:db8:1:2::7";
const ATTACKER: &str = "203.0.113.66";

fn post(site: &Site, from: &str, path: &str, body: &Value) -> RequestBuilder {
    site.request(Method::POST, path).header("x-forwarded-for", from).json(body)
}

fn login(site: &Site, from: &str, name: &str, password: &str) -> RequestBuilder {
    let body = json!({ "identifier": name, "password": password });
    post(site, from, "/users/auth/login", &body)
}

fn header<'a>(response: &'a Response, name: &str) -> &'a str {
    response.headers().get(name).map_or("", |value| value.to_str().unwrap())
}

#[tokio::test]
async fn guesses_from_elsewhere_do_not_lock_the_owner_out() {
    for app in TestApp::everywhere(&[TRUSTED]).await {
        app.person("ada").await;
        Reply::of(login(&app, HOME, "ada", PASSWORD)).await.data();
        for _ in 0..6 {
            let wrong = Reply::of(login(&app, ATTACKER, "ada", "not-the-password-1")).await;
            wrong.refused(401, "WRONG_CREDENTIALS");
        }
        let refused = login(&app, ATTACKER, "ada", PASSWORD).send().await.unwrap();
        assert_eq!(header(&refused, "retry-after"), "1", "{}", app.name);
        assert_eq!(refused.json::<Value>().await.unwrap()["error"], "TOO_MANY_ATTEMPTS");
        let neighbour = login(&app, "2001:db8:1:2::99", "ada@example.com", PASSWORD);
        Reply::of(neighbour).await.data();
        Reply::of(login(&app, HOME, "ada", PASSWORD)).await.data();
    }
}

#[tokio::test]
async fn sessions_tell_where_their_tokens_were_last_used() {
    let app = TestApp::with(&[TRUSTED]).await;
    let ada = app.person("ada").await;
    let body = json!({ "refresh_token": ada.refresh });
    Reply::of(post(&app, HOME, "/users/auth/refresh", &body)).await.data();
    let sessions = ada.get("/users/me/sessions").await.data();
    assert_eq!(sessions["items"][0]["address"], "127.0.0.1", "{sessions}");
    assert_eq!(sessions["items"][0]["last_address"], HOME, "{sessions}");
}

#[tokio::test]
async fn without_trusted_proxies_nobody_chooses_their_address() {
    let app = TestApp::with(&[("RATE_LIMIT_SENSITIVE", "5")]).await;
    let mut statuses = Vec::new();
    for caller in 0..6 {
        let from = format!("203.0.113.{caller}");
        let name = format!("name{caller}");
        statuses.push(login(&app, &from, &name, "x").send().await.unwrap().status().as_u16());
    }
    assert_eq!(statuses, [401, 401, 401, 401, 401, 429]);
}

#[tokio::test]
async fn whatever_strangers_may_call_has_a_quota_of_its_own() {
    /// Reads what is the same for everybody.
    const PLAIN: [&str; 1] = ["/api/v1/subscription/plans"];
    let app = TestApp::start().await;
    let document: Value =
        app.client.get(app.url("/api/openapi.json")).send().await.unwrap().json().await.unwrap();
    let mut seen = 0;
    for (path, item) in document["paths"].as_object().unwrap() {
        for (verb, operation) in item.as_object().unwrap() {
            let wants_token = operation["security"].as_array().is_some_and(|all| !all.is_empty());
            if wants_token || PLAIN.contains(&path.as_str()) {
                continue;
            }
            let method = Method::from_bytes(verb.to_ascii_uppercase().as_bytes()).unwrap();
            let url = app.url(&path.replace(['{', '}'], "x"));
            let answer = app.client.request(method, url).send().await.unwrap();
            let policy = header(&answer, "ratelimit-policy");
            assert!(policy.contains(", \"ip\";q="), "{verb} {path}: {policy:?}");
            seen += 1;
        }
    }
    assert!(seen >= 8, "only {seen} operations are open to strangers");
}

#[tokio::test]
async fn what_can_be_registered_is_told_to_few_questions_a_minute() {
    for app in TestApp::everywhere(&[TRUSTED, ("RATE_LIMIT_SENSITIVE", "20")]).await {
        let from = format!("2001:db8:{:x}::1", std::process::id() & 0xffff);
        let ask = |query: &str| {
            let request = app.request(Method::GET, &format!("/users/auth/check-{query}"));
            Reply::of(request.header("x-forwarded-for", from.clone()))
        };
        app.person("ada").await;
        for (query, available) in [
            ("username?username=ADA", false),
            ("username?username=ben", true),
            ("email?email=Ada@Example.com", false),
            ("email?email=ben@example.com", true),
        ] {
            assert_eq!(ask(query).await.data()["available"], available, "{query} {}", app.name);
        }
        ask("username?username=a%20b").await.refused(422, "VALIDATION_ERROR");
        ask("email?email=nowhere").await.refused(422, "VALIDATION_ERROR");
        ask("email?mail=x@y.cn").await.refused(422, "VALIDATION_ERROR");
        for _ in 0..7 {
            ask("email?email=eve@example.com").await;
        }
        ask("email?email=eve@example.com").await.refused(429, "RATE_LIMITED");
    }
}

#[tokio::test]
async fn processes_that_share_a_redis_share_limits_and_pauses() {
    let redis = RedisServer::start();
    let url = redis.url();
    // The same key names what is counted, as in processes of one platform.
    let secret = ("JWT_SECRET_KEY", "5d1c9a7e3b8f42068ac4e1f7920b6d3c");
    let settings = [TRUSTED, secret, ("REDIS_URL", &*url), ("RATE_LIMIT_SENSITIVE", "8")];
    let (one, other) = (TestApp::with(&settings).await, TestApp::with(&settings).await);
    for turn in 0..6 {
        let app = if turn % 2 == 0 { &one } else { &other };
        Reply::of(login(app, ATTACKER, "ada", "x")).await.refused(401, "WRONG_CREDENTIALS");
    }
    for app in [&one, &other] {
        Reply::of(login(app, ATTACKER, "ada", "x")).await.refused(429, "TOO_MANY_ATTEMPTS");
    }
    for app in [&one, &other] {
        Reply::of(login(app, ATTACKER, "ben", "x")).await.refused(429, "RATE_LIMITED");
    }
    Reply::of(login(&one, HOME, "ben", "x")).await.refused(401, "WRONG_CREDENTIALS");
}

#[tokio::test]
async fn while_redis_is_away_nobody_signs_in_and_then_everybody_can_again() {
    let mut redis = RedisServer::start();
    let app = TestApp::with(&[("REDIS_URL", &*redis.url())]).await;
    app.person("ada").await;
    redis.stop();
    let closed = login(&app, HOME, "ada", PASSWORD).send().await.unwrap();
    assert!(!header(&closed, "retry-after").is_empty());
    assert_eq!(closed.status().as_u16(), 503);
    let plans = app.request(Method::GET, "/subscription/plans").send().await.unwrap();
    assert_eq!(plans.status().as_u16(), 200);
    redis.start_again();
    eventually("signing in again", async || {
        let again = login(&app, HOME, "ada", PASSWORD).send().await.unwrap();
        again.status().is_success().then_some(())
    })
    .await;
    Person::sign_in(&app, "ada").await;
}

#[tokio::test]
async fn a_forged_host_gets_into_no_mail_and_no_answer() {
    let app = TestApp::start().await;
    let body = json!({ "email": "ada@example.com", "purpose": "register" });
    let ask = app.request(Method::POST, "/users/public/send-verification-code").json(&body);
    let ask = ask.header("host", "evil.example").header("x-forwarded-host", "evil.example");
    let said = Reply::of(ask).await;
    assert!(!said.body.to_string().contains("evil"), "{}", said.body);
    code_for(&app.mail_dir, "ada@example.com").await;
    for mail in std::fs::read_dir(&app.mail_dir).unwrap() {
        let text = std::fs::read_to_string(mail.unwrap().path()).unwrap();
        assert!(!text.contains("evil.example"), "{text}");
    }
}
