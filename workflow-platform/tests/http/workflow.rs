//! Writing workflows and running them.

use std::time::Duration;

use futures::StreamExt as _;
use reqwest::Method;
use sea_orm::ConnectionTrait as _;
use serde_json::{Value, json};

use crate::support::TestApp;

const TABLE: &str = r#"
name: table
params:
  properties: {rows: {type: integer, default: 3, minimum: 1, maximum: 100}}
steps:
  - id: numbers
    uses: script.javascript
    with: {code: "return Array.from({length: input.rows}, (_, i) => i + 1)", input: {rows: "${{ params.rows }}"}}
  - id: squares
    uses: script.javascript
    for_each: "${{ steps.numbers.output }}"
    max_parallel: 4
    with: {code: "return {n: input, square: input * input}", input: "${{ item }}"}
  - id: save
    uses: dataset.upsert
    with: {dataset: squares, key: n, records: "${{ steps.squares.outputs }}"}
"#;

const SLEEPS: &str = r"
name: sleeps
steps:
  - id: rest
    uses: wait.for
    with: {duration: 1h}
";

const SPINS: &str = r#"
name: spins
steps:
  - id: spin
    uses: script.javascript
    with: {code: "for (;;) {}"}
"#;

fn step<'a>(execution: &'a Value, id: &str) -> &'a Value {
    let steps = execution["steps"].as_array().unwrap();
    steps.iter().find(|step| step["id"] == id).unwrap_or_else(|| panic!("no step {id}"))
}

#[tokio::test]
async fn a_workflow_runs_and_its_result_lands_in_a_dataset() {
    for app in TestApp::everywhere(&[]).await {
        let ada = app.person("ada").await;
        let ended = ada.run(TABLE, json!({ "rows": 5 })).await;
        assert_eq!(ended["status"], "succeeded", "{} {ended}", app.name);
        assert_eq!(step(&ended, "squares")["items"]["succeeded"], 5);
        let records = ada.records("squares").await;
        let mut squares: Vec<_> =
            records.iter().map(|record| record["square"].as_i64().unwrap()).collect();
        squares.sort_unstable();
        assert_eq!(squares, [1, 4, 9, 16, 25]);
    }
}

#[tokio::test]
async fn parameters_take_their_defaults_and_are_checked() {
    let app = TestApp::start().await;
    let ada = app.person("ada").await;
    let definition = ada.define(TABLE).await;
    let execution = ada.start(&definition, json!({})).await;
    let ended = ada.finished(&execution, Duration::from_secs(30)).await;
    assert_eq!(ended["params"]["rows"], 3);
    for params in [json!({ "rows": 0 }), json!({ "rows": "many" }), json!({ "columns": 1 })] {
        let ask = json!({ "definition_id": definition, "params": params });
        let reply = ada.post("/workflow/executions", &ask).await;
        assert_eq!(reply.status, 422, "{params}: {}", reply.body);
    }
}

#[tokio::test]
async fn a_definition_has_versions_and_unchanged_text_makes_none() {
    let app = TestApp::start().await;
    let ada = app.person("ada").await;
    let id = ada.define(TABLE).await;
    let path = format!("/workflow/definitions/{id}");
    let same = ada.put(&path, &json!({ "source": TABLE })).await.data();
    assert_eq!(same["version"], 1);
    let changed = TABLE.replace("default: 3", "default: 4");
    let next = ada.put(&path, &json!({ "source": changed })).await.data();
    assert_eq!(next["version"], 2);
    let listed = ada.get("/workflow/definitions").await.data();
    assert_eq!(listed["items"].as_array().unwrap().len(), 1);
    ada.delete(&path).await.data();
    ada.get(&path).await.refused(404, "NOT_FOUND");
}

#[tokio::test]
async fn yaml_and_json_are_the_same_model() {
    let app = TestApp::start().await;
    let ada = app.person("ada").await;
    let id = ada.define(TABLE).await;
    let saved = ada.get(&format!("/workflow/definitions/{id}")).await.data();
    let mut model = saved["definition"].clone();
    model["name"] = json!("copy");
    let copy = ada.post("/workflow/definitions", &json!({ "definition": model })).await.data();
    let again =
        ada.get(&format!("/workflow/definitions/{}", copy["id"].as_str().unwrap())).await.data();
    assert_eq!(again["definition"]["steps"], saved["definition"]["steps"]);
}

#[tokio::test]
async fn cancelling_reaches_a_timer_and_a_busy_script() {
    for app in TestApp::everywhere(&[]).await {
        let ada = app.person("ada").await;
        for source in [SLEEPS, SPINS] {
            let definition = ada.define(source).await;
            let execution = ada.start(&definition, json!({})).await;
            tokio::time::sleep(Duration::from_millis(300)).await;
            let path = format!("/workflow/executions/{execution}/cancel");
            ada.post(&path, &json!({})).await.data();
            let ended = ada.finished(&execution, Duration::from_secs(10)).await;
            assert_eq!(ended["status"], "cancelled", "{} {ended}", app.name);
        }
    }
}

#[tokio::test]
async fn a_waiting_execution_says_why_and_survives_a_restart() {
    let app = TestApp::start().await;
    let source = SLEEPS.replace("1h", "3s");
    let (execution, access) = {
        let ada = app.person("ada").await;
        let definition = ada.define(&source).await;
        let execution = ada.start(&definition, json!({})).await;
        let waiting = crate::support::eventually("waiting", async || {
            let found = ada.execution(&execution).await;
            (found["status"] == "waiting").then_some(found)
        })
        .await;
        assert!(
            waiting["waiting_reason"].as_str().is_some_and(|text| !text.is_empty()),
            "{waiting}"
        );
        (execution, ada.access)
    };
    let app = app.restart().await;
    let path = format!("/workflow/executions/{execution}");
    crate::support::eventually("the timer", async || {
        let ask = app.request(Method::GET, &path).bearer_auth(&access);
        let body: Value = ask.send().await.ok()?.json().await.ok()?;
        (body["data"]["status"] == "succeeded").then_some(())
    })
    .await;
}

#[tokio::test]
async fn events_are_streamed_resumed_and_ended() {
    for app in TestApp::everywhere(&[]).await {
        let ada = app.person("ada").await;
        let definition = ada.define(TABLE).await;
        let execution = ada.start(&definition, json!({})).await;
        let path = format!("/workflow/executions/{execution}/events");
        let all = stream(ada.request(Method::GET, &path)).await;
        let ids = ids(&all);
        assert!(ids.len() > 3 && ids.is_sorted(), "{} {all}", app.name);
        assert!(all.contains("event: end"), "{all}");
        let resume = ada.request(Method::GET, &path).header("last-event-id", ids[1].to_string());
        let rest = self::ids(&stream(resume).await);
        assert_eq!(rest, ids[2..]);
    }
}

async fn stream(request: reqwest::RequestBuilder) -> String {
    let response = request.send().await.unwrap();
    assert!(response.headers()["content-type"].to_str().unwrap().starts_with("text/event-stream"));
    let mut text = String::new();
    let mut chunks = response.bytes_stream();
    let read = async {
        while let Some(chunk) = chunks.next().await {
            text.push_str(std::str::from_utf8(&chunk.unwrap()).unwrap());
        }
    };
    tokio::time::timeout(Duration::from_secs(30), read).await.expect("the stream ends");
    text
}

fn ids(text: &str) -> Vec<u64> {
    text.lines().filter_map(|line| line.strip_prefix("id:")?.trim().parse().ok()).collect()
}

#[tokio::test]
async fn a_failed_step_says_where_and_why() {
    let app = TestApp::start().await;
    let ada = app.person("ada").await;
    let source = "
name: fails
steps:
  - id: boom
    uses: script.javascript
    with: {code: \"throw new Error('no luck')\"}
";
    let ended = ada.run(source, json!({})).await;
    assert_eq!(ended["status"], "failed");
    let error = step(&ended, "boom")["error"].to_string();
    assert!(error.contains("no luck"), "{ended}");
    assert!(ended["error"].to_string().contains("boom"), "{ended}");
}

#[tokio::test]
async fn a_schedule_shows_when_it_runs_next() {
    let app = TestApp::start().await;
    let ada = app.person("ada").await;
    let source = TABLE.replace(
        "params:",
        "triggers:\n  - cron: \"0 8 * * *\"\n    timezone: Asia/Shanghai\nparams:",
    );
    let id = ada.define(&source).await;
    let triggers = ada.get(&format!("/workflow/definitions/{id}/triggers")).await.data();
    let first = &triggers["items"][0];
    let next = first["next_runs"][0].as_str().unwrap();
    assert!(next.contains("T00:00:00"), "08:00 in Shanghai is midnight in UTC: {next}");
}

#[tokio::test]
async fn what_is_due_more_often_than_the_plan_has_it_is_refused_with_its_place() {
    for app in TestApp::everywhere(&[]).await {
        let ada = app.person("ada").await;
        let source = TABLE.replace("params:", "triggers:\n  - cron: \"* * * * *\"\nparams:");
        let refused = ada.post("/workflow/definitions", &json!({ "source": source })).await;
        let details = refused.refused(402, "QUOTA_EXCEEDED");
        let expected = json!({
            "limit": "schedule_interval_seconds",
            "allowed": 300,
            "used": 60,
            "resets_at": null,
            "upgrade": { "plan": "basic", "allowed": 60 },
            "path": "triggers[0].cron",
        });
        assert_eq!(details, expected, "{}", app.name);
        let rule = json!({
            "name": "often",
            "trigger": { "event": "automation.scheduled", "schedule": { "cron": "*/2 * * * *" } },
            "actions": [{ "kind": "notify", "title": "now" }],
        });
        let details = ada.post("/automations", &rule).await.refused(402, "QUOTA_EXCEEDED");
        assert_eq!(details["path"], "trigger.schedule.cron", "{details}");
        let message = ada.post("/automations", &rule).await.body["message"].clone();
        assert!(message.as_str().unwrap().contains("300"), "{message}");
    }
}

#[tokio::test]
async fn a_due_tick_starts_an_execution_by_itself() {
    let app = TestApp::start().await;
    let lift = "UPDATE plans SET entitlements = \
                REPLACE(entitlements, 'schedule_interval_seconds\":300', 'schedule_interval_seconds\":1')";
    app.platform().database().write().execute_unprepared(lift).await.unwrap();
    let ada = app.person("ada").await;
    let source = TABLE.replace("params:", "triggers:\n  - cron: \"* * * * * *\"\nparams:");
    ada.define(&source).await;
    crate::support::eventually("an execution by schedule", async || {
        let listed = ada.get("/workflow/executions?status=succeeded").await.data();
        (!listed["items"].as_array()?.is_empty()).then_some(())
    })
    .await;
}

const ASKED: &str = r#"
name: asked
triggers:
  - webhook: {reply: finished}
steps:
  - id: check
    uses: transform.filter
    with: {items: "${{ trigger.body.books }}", where: "item.price > 10"}
outputs: {dear: "${{ steps.check.output.items.map(b, b.title) }}"}
"#;

#[tokio::test]
async fn a_webhook_answers_with_what_the_workflow_found() {
    for app in TestApp::everywhere(&[]).await {
        let ada = app.person("ada").await;
        let definition = ada.define(ASKED).await;
        let triggers =
            ada.get(&format!("/workflow/definitions/{definition}/triggers")).await.data();
        let path = triggers["items"][0]["webhook"]["path"].as_str().unwrap().to_owned();
        let books =
            json!({ "books": [{ "title": "a", "price": 5 }, { "title": "b", "price": 50 }] });
        let answer = app.post(&path, &books).await;
        assert_eq!(answer.status, 200, "{} {}", app.name, answer.body);
        assert_eq!(answer.data()["outputs"], json!({ "dear": ["b"] }));
        app.post("/workflow/hooks/unknown", &books).await.refused(404, "NOT_FOUND");
    }
}

const APPROVED: &str = r#"
name: approved
steps:
  - {id: ask, uses: wait.signal, with: {message: publish?}}
  - {id: tell, uses: transform.template, with: {template: "{{ note }}", data: {note: "${{ steps.ask.output.data }}"}}}
outputs: {text: "${{ steps.tell.output.text }}"}
"#;

#[tokio::test]
async fn somebody_approves_and_nobody_else_can() {
    for app in TestApp::everywhere(&[]).await {
        let (ada, eve) = (app.person("ada").await, app.person("eve").await);
        let definition = ada.define(APPROVED).await;
        let execution = ada.start(&definition, json!({})).await;
        let path = format!("/workflow/executions/{execution}/signal");
        let yes = json!({ "decision": "approve", "data": "go" });
        eve.post(&path, &yes).await.refused(404, "NOT_FOUND");
        ada.post(&path, &yes).await.data();
        let ended = ada.finished(&execution, Duration::from_secs(30)).await;
        assert_eq!(ended["outputs"], json!({ "text": "go" }), "{} {ended}", app.name);
        eve.post(&format!("/workflow/executions/{execution}/retry"), &json!({}))
            .await
            .refused(404, "NOT_FOUND");
    }
}
