//! Single steps, run by themselves.

use std::{sync::atomic::Ordering, time::Duration};

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use workflow::domain::execution::Status;

use crate::{
    routes::Client,
    support::{quick, worlds},
};

const PATH: &str = "/workflow/steps/test";

const SOURCE: &str = r#"
name: shelf
params:
  properties: {rows: {type: integer, default: 3, minimum: 1}}
steps:
  - {id: first, uses: test.echo, with: {rows: "${{ params.rows }}"}}
  - {id: second, uses: test.echo, if: "${{ params.rows > 5 }}", with: {got: "${{ steps.first.output.rows }}", who: "${{ user.username }}"}}
  - {id: each, uses: test.echo, for_each: "${{ steps.second.output.list }}", with: {n: "${{ item }}", at: "${{ index }}"}}
  - {id: unfinished, uses: no.such.thing}
"#;

async fn answer(client: &Client, body: Value) -> Value {
    let (status, answer) = client.post(PATH, body).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    answer["data"].clone()
}

async fn refused(client: &Client, body: Value) -> (StatusCode, String) {
    let (status, answer) = client.post(PATH, body).await;
    (status, answer["error"].as_str().unwrap_or_default().to_owned())
}

fn alone(step: &str) -> Value {
    json!({ "source": format!("name: alone\nsteps:\n  - {step}\n"), "step": "a" })
}

#[tokio::test]
async fn a_step_sees_the_data_that_is_given_and_leaves_no_execution() {
    for world in worlds().await {
        let client = Client::of(&world);
        let steps = json!({ "first": { "output": { "rows": 7 } } });
        let body = json!({ "source": SOURCE, "step": "second", "steps": steps });
        let tried = answer(&client, body).await;
        assert_eq!(tried["status"], "succeeded", "{tried}");
        assert_eq!(tried["condition"], false, "it ran although its condition does not hold");
        assert_eq!(tried["input"]["value"], json!({ "got": 7, "who": "ada" }));
        assert_eq!(tried["output"]["value"], tried["input"]["value"]);
        assert_eq!(tried["logs"][0]["message"], "echo");
        assert_eq!(world.number("SELECT count(*) FROM workflow_executions").await, 0);
        assert_eq!(world.number("SELECT count(*) FROM outbox").await, 0, "{}", world.name);
    }
}

#[tokio::test]
async fn a_step_sees_what_an_execution_recorded_and_what_is_given_above_it() {
    for world in worlds().await {
        let worker = world.worker(quick());
        let client = Client::of(&world);
        let source = SOURCE.split("  - {id: each").next().unwrap().replace("> 5", "> 0");
        let definition = world.define(&source).await;
        let id = world.start(definition).await;
        world.until(id, Status::Succeeded).await;
        let mut body = json!({ "definition_id": definition, "step": "second", "execution_id": id });
        let tried = answer(&client, body.clone()).await;
        assert_eq!(tried["output"]["value"]["got"], 3, "{tried}");
        body["steps"] = json!({ "first": { "output": { "rows": "given" } } });
        body["params"] = json!({ "rows": 9 });
        let tried = answer(&client, body).await;
        assert_eq!(
            (&tried["condition"], &tried["output"]["value"]["got"]),
            (&json!(true), &json!("given"))
        );
        worker.stop().await;
    }
}

#[tokio::test]
async fn one_item_of_many_is_run() {
    for world in worlds().await {
        let client = Client::of(&world);
        let steps = json!({ "second": { "output": { "list": ["x", "y", "z"] } } });
        let body = |item| json!({ "source": SOURCE, "step": "each", "steps": steps, "item": item });
        let tried = answer(&client, body(1)).await;
        assert_eq!(tried["item"], json!({ "index": 1, "total": 3 }));
        assert_eq!(tried["output"]["value"], json!({ "n": "y", "at": 1 }));
        let tried = answer(&client, body(3)).await;
        assert_eq!(
            (&tried["status"], &tried["error"]["code"]),
            (&json!("failed"), &json!("NO_SUCH_ITEM"))
        );
    }
}

#[tokio::test]
async fn what_fails_says_why_and_is_an_answer() {
    for world in worlds().await {
        let client = Client::of(&world);
        for (step, code, retryable) in [
            ("{id: a, uses: test.fail}", "BROKEN", false),
            ("{id: a, uses: test.panic}", "ACTION_PANICKED", true),
            ("{id: a, uses: test.deaf, timeout: 50ms}", "TIMED_OUT", true),
            ("{id: a, uses: test.count, with: {to: 2}}", "STEP_NOT_TESTABLE", false),
            (
                "{id: a, uses: test.echo, with: {x: \"${{ steps.b.output }}\"}}",
                "EXPRESSION_FAILED",
                false,
            ),
            (
                "{id: a, uses: script.javascript, with: {code: \"${{ 5 }}\"}}",
                "INVALID_INPUT",
                false,
            ),
        ] {
            let tried = answer(&client, alone(step)).await;
            assert_eq!(tried["status"], "failed", "{step}: {tried}");
            assert_eq!(tried["error"]["code"], code, "{step}: {tried}");
            assert_eq!(tried["error"]["retryable"], retryable, "{step}");
        }
    }
}

#[tokio::test]
async fn what_means_nothing_by_itself_is_refused_with_the_reason() {
    for world in worlds().await {
        let client = Client::of(&world);
        for step in [
            "{id: a, uses: wait.for, with: {duration: 1s}}",
            "{id: a, uses: wait.signal}",
            "{id: a, uses: workflow.run, with: {workflow: other}}",
        ] {
            let (status, body) = client.post(PATH, alone(step)).await;
            assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{step}: {body}");
            assert_eq!(body["error"], "STEP_NOT_TESTABLE", "{body}");
        }
        let broken = json!({ "source": SOURCE, "step": "unfinished" });
        let invalid = (StatusCode::UNPROCESSABLE_ENTITY, "DEFINITION_INVALID".to_owned());
        assert_eq!(refused(&client, broken).await, invalid);
        for body in [
            json!({ "source": SOURCE, "step": "nowhere" }),
            json!({ "step": "first" }),
            json!({ "source": SOURCE, "definition": {}, "step": "first" }),
            json!({ "source": SOURCE, "step": "first", "params": { "rows": 0 } }),
        ] {
            let fault = (StatusCode::UNPROCESSABLE_ENTITY, "VALIDATION_ERROR".to_owned());
            assert_eq!(refused(&client, body.clone()).await, fault, "{body}");
        }
    }
}

#[tokio::test]
async fn a_secret_reaches_the_step_and_nobody_sees_it() {
    for world in worlds().await {
        let client = Client::of(&world);
        let secret = json!({ "value": "tr0ub4dor" });
        client.ask(Method::PUT, "/workflow/secrets/KEY", secret).await;
        let code = "console.log('key is ' + input.key); return {length: input.key.length, echo: input.key}";
        let step = json!({
            "id": "a",
            "uses": "script.javascript",
            "with": { "code": code, "input": { "key": "${{ secrets.KEY }}" } },
        });
        let body = json!({ "definition": { "name": "alone", "steps": [step] }, "step": "a" });
        let tried = answer(&client, body).await;
        assert_eq!(tried["output"]["value"], json!({ "length": 9, "echo": "***" }), "{tried}");
        assert_eq!(tried["logs"][0]["message"], "key is ***");
        assert!(!tried.to_string().contains("tr0ub4dor"), "{tried}");
    }
}

#[tokio::test]
async fn what_belongs_to_others_is_not_there() {
    for world in worlds().await {
        let worker = world.worker(quick());
        let definition = world.define("name: hers\nsteps: [{id: a, uses: test.echo}]").await;
        let id = world.start(definition).await;
        world.until(id, Status::Succeeded).await;
        let eve = Client::new(&world.module, uuid::Uuid::from_u128(7).to_string());
        let missing = (StatusCode::NOT_FOUND, "NOT_FOUND".to_owned());
        let saved = json!({ "definition_id": definition, "step": "a" });
        assert_eq!(refused(&eve, saved).await, missing);
        let mut seen = alone("{id: a, uses: test.echo}");
        seen["execution_id"] = json!(id);
        assert_eq!(refused(&eve, seen).await, missing, "{}", world.name);
        worker.stop().await;
    }
}

#[tokio::test]
async fn a_trial_needs_room_in_the_plan_and_takes_none() {
    for world in worlds().await {
        let client = Client::of(&world);
        world.plan.units.store(1, Ordering::SeqCst);
        for _ in 0..3 {
            answer(&client, alone("{id: a, uses: test.echo}")).await;
        }
        world.plan.units.store(0, Ordering::SeqCst);
        let spent = (StatusCode::PAYMENT_REQUIRED, "QUOTA_EXCEEDED".to_owned());
        assert_eq!(refused(&client, alone("{id: a, uses: test.echo}")).await, spent);
        assert_eq!(world.seen.count("a"), 3, "{}", world.name);
    }
}

#[tokio::test]
async fn two_at_once_are_enough_and_what_nobody_waits_for_ends() {
    for world in worlds().await {
        let client = Client::of(&world);
        let slow = || client.post(PATH, alone("{id: a, uses: test.slow, with: {millis: 400}}"));
        let (first, second) = (slow(), slow());
        let third = async {
            tokio::time::sleep(Duration::from_millis(100)).await;
            refused(&client, alone("{id: a, uses: test.echo}")).await
        };
        let (first, second, third) = tokio::join!(first, second, third);
        assert_eq!((first.0, second.0), (StatusCode::OK, StatusCode::OK));
        assert_eq!(third, (StatusCode::TOO_MANY_REQUESTS, "STEP_TESTS_BUSY".to_owned()));
        let left = tokio::time::timeout(Duration::from_millis(50), slow()).await;
        assert!(left.is_err());
        answer(&client, alone("{id: a, uses: test.echo}")).await;
        answer(&client, alone("{id: a, uses: test.echo}")).await;
    }
}

#[tokio::test]
async fn a_large_output_is_shown_in_part() {
    for world in worlds().await {
        let client = Client::of(&world);
        let code = "return 'x'.repeat(300 * 1024)";
        let step = json!({ "id": "a", "uses": "script.javascript", "with": { "code": code } });
        let body = json!({ "definition": { "name": "alone", "steps": [step] }, "step": "a" });
        let tried = answer(&client, body).await;
        let output = &tried["output"];
        assert_eq!((&output["value"], &output["bytes"]), (&Value::Null, &json!(300 * 1024 + 2)));
        assert_eq!(output["preview"].as_str().unwrap().len(), 16 * 1024);
    }
}
