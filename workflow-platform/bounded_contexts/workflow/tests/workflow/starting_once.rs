//! A start under a key of the caller's.

use std::time::Duration;

use axum::http::{Method, StatusCode};
use futures::future::join_all;
use serde_json::{Value, json};
use shared_kernel::domain::Id;

use crate::{
    routes::Client,
    support::{World, worlds},
};

const SOURCE: &str = "
name: once
params: {properties: {n: {type: integer, default: 1}}}
steps:
  - {id: one, uses: test.echo, with: {n: 1}}
";

async fn definition(client: &Client) -> Value {
    let (status, saved) = client.post("/workflow/definitions", json!({ "source": SOURCE })).await;
    assert_eq!(status, StatusCode::CREATED, "{saved}");
    saved["data"]["id"].clone()
}

async fn start(client: &Client, key: &str, body: &Value) -> (u16, Value) {
    let headers = [("idempotency-key", key)];
    let (status, answer) =
        client.ask_with(Method::POST, "/workflow/executions", &headers, body).await;
    (status.as_u16(), answer)
}

async fn executions(world: &World) -> i64 {
    world.number("SELECT COUNT(*) FROM workflow_executions").await
}

#[tokio::test]
async fn a_repeated_request_gives_the_first_execution() {
    for world in worlds().await {
        let client = Client::of(&world);
        let body = json!({ "definition_id": definition(&client).await, "params": { "n": 2 } });
        let (status, first) = start(&client, "k-1", &body).await;
        assert_eq!(status, 201, "{} {first}", world.name);
        let (status, again) = start(&client, "k-1", &body).await;
        assert_eq!((status, &again["data"]), (201, &first["data"]), "{}", world.name);
        assert_eq!(executions(&world).await, 1, "{}", world.name);
        assert_eq!(start(&client, "k-2", &body).await.0, 201);
        assert_eq!(executions(&world).await, 2, "{}", world.name);
    }
}

#[tokio::test]
async fn requests_at_the_same_time_start_one() {
    for world in worlds().await {
        let client = Client::of(&world);
        let body = json!({ "definition_id": definition(&client).await });
        let answers = join_all((0..12).map(|_| start(&client, "race", &body))).await;
        for (status, answer) in &answers {
            assert_eq!((*status, &answer["data"]["id"]), (201, &answers[0].1["data"]["id"]));
        }
        assert_eq!(executions(&world).await, 1, "{}", world.name);
        let told = "SELECT COUNT(*) FROM outbox WHERE kind = 'execution.started'";
        assert_eq!(world.number(told).await, 1, "{}", world.name);
    }
}

#[tokio::test]
async fn a_key_means_one_wish_of_one_user() {
    for world in worlds().await {
        let client = Client::of(&world);
        let id = definition(&client).await;
        let body = json!({ "definition_id": id, "params": { "n": 1 }, "labels": { "a": "b" } });
        assert_eq!(start(&client, "key", &body).await.0, 201);
        for other in [
            json!({ "definition_id": id, "params": { "n": 2 }, "labels": { "a": "b" } }),
            json!({ "definition_id": id, "params": { "n": 1 } }),
            json!({ "definition_id": id, "params": { "n": 1 }, "labels": { "a": "b" }, "priority": 1 }),
        ] {
            let (status, answer) = start(&client, "key", &other).await;
            assert_eq!((status, &answer["error"]), (422, &json!("IDEMPOTENCY_KEY_REUSED")));
        }
        let stranger = Client::new(&world.module, Id::<()>::from(world.ambient.uuid()).to_string());
        let theirs = json!({ "definition_id": definition(&stranger).await });
        assert_eq!(start(&stranger, "key", &theirs).await.0, 201);
        assert_eq!(executions(&world).await, 2, "{}", world.name);
    }
}

#[tokio::test]
async fn a_key_is_forgotten_after_a_day_and_by_a_refused_start() {
    for world in worlds().await {
        let client = Client::of(&world);
        let id = definition(&client).await;
        let wrong = json!({ "definition_id": id, "params": { "n": "many" } });
        assert_eq!(start(&client, "key", &wrong).await.0, 422);
        let body = json!({ "definition_id": id });
        let (_, first) = start(&client, "key", &body).await;
        world.clock.advance(Duration::from_hours(24));
        let (_, same) = start(&client, "key", &body).await;
        assert_eq!(same["data"]["id"], first["data"]["id"], "{}", world.name);
        world.clock.advance(Duration::from_secs(1));
        let (status, other) = start(&client, "key", &body).await;
        assert_eq!(status, 201, "{}", world.name);
        assert_ne!(other["data"]["id"], first["data"]["id"], "{}", world.name);
        assert_eq!(world.number("SELECT COUNT(*) FROM workflow_start_keys").await, 1);
    }
}

#[tokio::test]
async fn a_key_that_is_none_is_refused() {
    for world in worlds().await {
        let client = Client::of(&world);
        let body = json!({ "definition_id": definition(&client).await });
        for key in ["", "two words", &"k".repeat(256)] {
            let (status, answer) = start(&client, key, &body).await;
            assert_eq!((status, &answer["error"]), (422, &json!("VALIDATION_ERROR")), "{key}");
            assert!(answer["details"]["Idempotency-Key"].is_array(), "{answer}");
        }
        assert_eq!(executions(&world).await, 0, "{}", world.name);
    }
}
