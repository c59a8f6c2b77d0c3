//! Database or Redis away: nobody is let in, nothing hangs, and it comes back by itself.

use std::time::Duration;

use reqwest::Method;
use serde_json::Value;
use testkit::{PostgresServer, RedisServer};

use crate::support::{Person, TestApp, eventually};

const SECRET: &str = "5d1c9a7e3b8f42068ac4e1f7920b6d3c";
/// Nobody waits longer than this for a refusal.
const PATIENCE: Duration = Duration::from_secs(20);

/// Status, `Retry-After` and code of one request with a valid token.
async fn me(person: &Person<'_>) -> (u16, Option<String>, Value) {
    let ask = person.request(Method::GET, "/users/me").send();
    let answer = tokio::time::timeout(PATIENCE, ask).await.expect("an answer in time").unwrap();
    let retry = answer.headers().get("retry-after").map(|value| value.to_str().unwrap().into());
    let status = answer.status().as_u16();
    let body: Value = answer.json().await.unwrap();
    (status, retry, body["error"].clone())
}

async fn refused(person: &Person<'_>) {
    let (retry, code) = eventually("a refusal", async || {
        let (status, retry, code) = me(person).await;
        assert!(status == 200 || status == 503, "{status}");
        (status == 503).then_some((retry, code))
    })
    .await;
    assert_eq!(code, "UNAVAILABLE");
    assert!(retry.is_some_and(|seconds| seconds.parse::<u64>().is_ok()));
    assert_eq!(me(person).await.0, 503, "and it stays so");
}

async fn let_in(person: &Person<'_>) {
    eventually("the way back in", async || (me(person).await.0 == 200).then_some(())).await;
}

#[tokio::test]
async fn while_redis_is_away_nobody_is_let_in_and_it_comes_back_by_itself() {
    let mut redis = tokio::task::spawn_blocking(RedisServer::start).await.unwrap();
    let app = TestApp::with(&[("REDIS_URL", &redis.url())]).await;
    let ada = app.person("ada").await;
    assert_eq!(me(&ada).await.0, 200);
    redis.stop();
    refused(&ada).await;
    let health = app.client.get(app.url("/health")).send().await.unwrap();
    assert_eq!(health.status(), 503);
    let mut redis = tokio::task::spawn_blocking(move || {
        redis.start_again();
        redis
    })
    .await
    .unwrap();
    let_in(&ada).await;
    redis.stop();
    refused(&ada).await;
}

#[tokio::test]
async fn while_postgresql_is_away_nobody_is_let_in_and_it_comes_back_by_itself() {
    if testkit::redis_url().is_none() {
        return;
    }
    let mut postgres = tokio::task::spawn_blocking(PostgresServer::start).await.unwrap();
    let url = postgres.url();
    let app = TestApp::with(&[("DATABASE_URL", &url), ("JWT_SECRET_KEY", SECRET)]).await;
    let ada = app.person("ada").await;
    assert_eq!(me(&ada).await.0, 200);
    postgres.stop();
    refused(&ada).await;
    let _postgres = tokio::task::spawn_blocking(move || {
        postgres.start_again();
        postgres
    })
    .await
    .unwrap();
    let_in(&ada).await;
}
