//! Workflows that are started by a call of their address.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use standardwebhooks::Webhook;
use workflow::domain::execution::Status;

use crate::{
    routes::Client,
    support::{World, quick, worlds},
};

async fn hook(world: &World, client: &Client, name: &str, options: &str) -> Value {
    let source = format!(
        "
name: {name}
params: {{properties: {{n: {{type: integer, default: 3}}}}}}
triggers: [{{webhook: {options}, params: {{n: 4}}}}]
steps: [{{id: a, uses: test.echo, with: {{got: \"${{{{ trigger.body.x }}}}\", n: \"${{{{ params.n }}}}\", q: \"${{{{ trigger.query.q }}}}\"}}}}]
outputs: {{all: \"${{{{ steps.a.output }}}}\", seen: \"${{{{ 'authorization' in trigger.headers }}}}\"}}
"
    );
    let definition = world.define(&source).await;
    let (_, answer) = client.get(&format!("/workflow/definitions/{definition}/triggers")).await;
    answer["data"]["items"][0].clone()
}

fn path(trigger: &Value) -> String {
    trigger["webhook"]["path"].as_str().unwrap().to_owned()
}

const EXECUTIONS: &str = "SELECT count(*) FROM workflow_executions";

#[tokio::test]
async fn a_call_starts_the_workflow_and_may_wait_for_its_end() {
    for world in worlds().await {
        let worker = world.worker(quick());
        let client = Client::of(&world);
        let trigger = hook(&world, &client, "waits", "{reply: finished}").await;
        assert_eq!((&trigger["kind"], &trigger["next_runs"]), (&json!("webhook"), &json!([])));
        assert_eq!(trigger["webhook"]["secret"], json!(null));
        let path = path(&trigger);
        let (status, answer) = client.post(&format!("{path}?q=a%20b"), json!({ "x": 1 })).await;
        assert_eq!(status, StatusCode::OK, "{} {answer}", world.name);
        let outputs = json!({ "all": { "got": 1, "n": 4, "q": "a b" }, "seen": false });
        assert_eq!(answer["data"]["outputs"], outputs);
        assert_eq!(answer["data"]["status"], "succeeded");
        let at_once = hook(&world, &client, "at once", "true").await;
        let (status, answer) = client.post(&self::path(&at_once), json!({ "x": 1 })).await;
        assert_eq!(status, StatusCode::ACCEPTED, "{answer}");
        let id = answer["data"]["execution_id"].as_str().unwrap().parse().unwrap();
        world.until(id, Status::Failed).await;
        let pause = format!("/workflow/triggers/{}/pause", at_once["id"].as_str().unwrap());
        client.post(&pause, json!({})).await;
        let (status, answer) = client.post(&self::path(&at_once), json!({})).await;
        assert_eq!((status, &answer["error"]), (StatusCode::CONFLICT, &json!("TRIGGER_PAUSED")));
        let (status, _) = client.post("/workflow/hooks/nothing", json!({})).await;
        assert_eq!(status, StatusCode::NOT_FOUND);
        worker.stop().await;
    }
}

#[tokio::test]
async fn calls_at_the_same_time_each_get_the_answer_of_their_own() {
    for world in worlds().await {
        let worker = world.worker(quick());
        let client = Client::of(&world);
        let mut paths = Vec::new();
        for number in 0..3 {
            let trigger = hook(&world, &client, &format!("n{number}"), "{reply: finished}").await;
            paths.push(path(&trigger));
        }
        // Every fourth asks for something that no token has in it.
        let calls = (0..40).map(|x| {
            let known = (x % 4 < 3).then(|| format!("{}?q=1", paths[x % 4]));
            let path = known.unwrap_or_else(|| format!("/workflow/hooks/%00{x}"));
            let client = &client;
            async move { (x, client.post(&path, json!({ "x": x })).await) }
        });
        for (x, (status, answer)) in futures::future::join_all(calls).await {
            if x % 4 == 3 {
                assert_eq!(status, StatusCode::NOT_FOUND, "{}: {answer}", world.name);
            } else {
                assert_eq!(answer["data"]["outputs"]["all"]["got"], x, "{}: {answer}", world.name);
            }
        }
        assert_eq!(world.number(EXECUTIONS).await, 30, "{}", world.name);
        worker.stop().await;
    }
}

#[tokio::test]
async fn a_signed_webhook_takes_only_what_is_signed_now() {
    for world in worlds().await {
        let client = Client::of(&world);
        let trigger = hook(&world, &client, "signed", "{signed: true}").await;
        let path = path(&trigger);
        let secret = trigger["webhook"]["secret"].as_str().unwrap();
        let body = json!({ "x": 1 });
        let now = world.ambient.now().seconds();
        let send = async |id: &str, at: i64, key: &str| {
            let signed =
                Webhook::new(key).unwrap().sign(id, at, body.to_string().as_bytes()).unwrap();
            let (at, signed) = (at.to_string(), format!("v1,AAAA {signed}"));
            let headers =
                [("webhook-id", id), ("webhook-timestamp", &*at), ("webhook-signature", &*signed)];
            client.ask_with(Method::POST, &path, &headers, &body).await
        };
        let (status, first) = send("m1", now, secret).await;
        assert_eq!(status, StatusCode::ACCEPTED, "{first}");
        let (_, again) = send("m1", now, secret).await;
        assert_eq!(again["data"]["execution_id"], first["data"]["execution_id"]);
        assert_eq!(world.number(EXECUTIONS).await, 1, "{}", world.name);
        for (at, key) in [(now - 301, secret), (now + 301, secret), (now, "whsec_QUFBQQ==")] {
            let (status, answer) = send("m2", at, key).await;
            assert_eq!(
                (status, &answer["error"]),
                (StatusCode::UNAUTHORIZED, &json!("BAD_SIGNATURE"))
            );
        }
        let (status, _) = client.post(&path, body.clone()).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED, "no signature at all");
        assert_eq!(world.number(EXECUTIONS).await, 1);
        let stored = "SELECT count(*) FROM workflow_triggers WHERE hook_secret LIKE '%whsec%'";
        assert_eq!(world.number(stored).await, 0, "the secret is sealed");
    }
}
