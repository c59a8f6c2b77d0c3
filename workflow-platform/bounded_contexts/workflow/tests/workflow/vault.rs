//! Secrets that reach the step which needs them and nobody else, and variables.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use workflow::domain::execution::Status;

use crate::{
    routes::Client,
    support::{World, quick, worlds},
};

const SECRET: &str = "tr0ub4dor\"&3";

async fn put(client: &Client, kind: &str, name: &str, value: Value) -> (StatusCode, Value) {
    let path = format!("/workflow/{kind}/{name}");
    client.ask(Method::PUT, &path, json!({ "value": value })).await
}

/// Rows of all tables that hold the text, or its usual other forms.
async fn seen(world: &World, text: &str) -> i64 {
    let mut count = 0;
    for (table, column) in [
        ("execution_events", "payload"),
        ("execution_logs", "message"),
        ("execution_logs", "fields"),
        ("workflow_vault", "value"),
        ("workflow_executions", "error"),
        ("workflow_step_cache", "output"),
        ("outbox", "payload"),
    ] {
        let text = text.replace('\'', "''");
        let sql = format!("SELECT count(*) FROM {table} WHERE {column} LIKE '%{text}%'");
        count += world.number(&sql).await;
    }
    count
}

const USES: &str = r#"
name: uses a secret
steps:
  - id: ask
    uses: script.javascript
    cache: {key: "a", ttl: 1h}
    with:
      code: |
        console.log("key is " + input.key);
        return {length: input.key.length, echo: input.key, auth: input.auth, text: JSON.stringify(input)};
      input:
        key: "${{ secrets.KEY }}"
        auth: "Basic ${{ base64Encode('ada:' + secrets.KEY) }}"
  - {id: next, uses: test.echo, with: {got: "${{ steps.ask.output.echo }}"}}
outputs: {length: "${{ steps.ask.output.length }}", next: "${{ steps.next.output.got }}"}
"#;

#[tokio::test]
async fn a_secret_reaches_its_step_and_is_seen_nowhere() {
    for world in worlds().await {
        let worker = world.worker(quick());
        let client = Client::of(&world);
        let (status, answer) = put(&client, "secrets", "KEY", json!(SECRET)).await;
        assert_eq!((status, &answer["data"]["name"]), (StatusCode::OK, &json!("KEY")), "{answer}");
        assert!(answer["data"].get("value").is_none());
        let id = world.run(USES).await;
        let ended = world.until(id, Status::Succeeded).await;
        let expected = json!({ "length": SECRET.len(), "next": "***" });
        assert_eq!(ended.view.outputs, expected, "{}", world.name);
        let (_, shown) = client.get(&format!("/workflow/executions/{id}")).await;
        let step = &shown["data"]["steps"][0];
        let run = step.to_string();
        assert!(run.contains("Basic ***") && run.contains("***"), "{step}");
        let (_, journal) = client.get(&format!("/workflow/executions/{id}/journal")).await;
        let journal = journal.to_string();
        assert!(journal.contains("Basic ***") && !journal.contains("tr0ub4dor"), "{journal}");
        worker.stop().await;
        let (_, logs) = client.get(&format!("/workflow/executions/{id}/logs")).await;
        assert!(logs.to_string().contains("key is ***"), "{logs}");
        let encoded = "YWRhOnRyMHViNGRvciImMw==";
        assert_eq!(seen(&world, "tr0ub4dor").await + seen(&world, encoded).await, 0);
    }
}

#[tokio::test]
async fn a_failure_of_a_step_with_secrets_does_not_tell_them() {
    for world in worlds().await {
        let worker = world.worker(quick());
        let client = Client::of(&world);
        put(&client, "secrets", "KEY", json!(SECRET)).await;
        let throws = "name: throws
steps: [{id: a, uses: script.javascript, with: {code: \"throw new Error('bad ' + input)\", input: \"${{ secrets.KEY }}\"}}]";
        let ended = world.ended(world.run(throws).await).await;
        let error = ended.row.error.unwrap();
        assert!(error.message.contains("bad ***"), "{error:?}");
        let cannot = "name: cannot
steps: [{id: a, uses: test.echo, with: {x: \"${{ int(secrets.KEY) }}\"}}]";
        let ended = world.ended(world.run(cannot).await).await;
        assert_eq!(ended.row.error.unwrap().code, "EXPRESSION_FAILED", "{}", world.name);
        worker.stop().await;
        assert_eq!(seen(&world, "tr0ub4dor").await, 0);
    }
}

#[tokio::test]
async fn a_step_waits_for_no_secret_that_is_missing_and_takes_the_newest() {
    for world in worlds().await {
        let worker = world.worker(quick());
        let client = Client::of(&world);
        let source = "name: later
steps: [{id: a, uses: script.javascript, with: {code: return input.length, input: \"${{ secrets.LATER }}\"}}]
outputs: {n: \"${{ steps.a.output }}\"}";
        let id = world.run(source).await;
        let ended = world.until(id, Status::Failed).await;
        assert_eq!(ended.row.error.unwrap().code, "SECRET_MISSING");
        put(&client, "secrets", "LATER", json!("first")).await;
        put(&client, "secrets", "LATER", json!("second")).await;
        client.post(&format!("/workflow/executions/{id}/retry"), json!({})).await;
        let ended = world.until(id, Status::Succeeded).await;
        assert_eq!(ended.view.outputs["n"], 6, "{}", world.name);
        worker.stop().await;
    }
}

#[tokio::test]
async fn a_secret_where_it_would_be_seen_is_refused() {
    for world in worlds().await {
        let client = Client::of(&world);
        let with = |step: &str| format!("name: x\nsteps: [{{id: a, uses: test.echo, {step}}}]");
        for source in [
            with("if: \"secrets.K == 'x'\""),
            with("for_each: \"${{ [secrets.K] }}\""),
            with("for_each: [1], spread: true, with: {k: \"${{ secrets.K }}\"}"),
            with("cache: {key: \"${{ secrets.K }}\", ttl: 1h}"),
            "name: x\nsteps: [{id: a, uses: workflow.run, with: {workflow: y, params: {k: \"${{ secrets.K }}\"}}}]".to_owned(),
            "name: x\nsteps: [{id: a, uses: wait.signal, with: {message: \"${{ secrets.K }}\"}}]".to_owned(),
            format!("{}\noutputs: {{k: \"${{{{ secrets.K }}}}\"}}", with("with: {}")),
        ] {
            let body = json!({ "source": source });
            let (_, answer) = client.post("/workflow/definitions/validate", body).await;
            assert_eq!(answer["data"]["problems"][0]["code"], "SECRET_EXPOSED", "{source} {answer}");
        }
        for source in [
            "name: x\nconcurrency: {key: \"${{ secrets.K }}\"}\nsteps: [{id: a, uses: test.echo}]"
                .to_owned(),
            with("with: {k: \"${{ secrets }}\"}"),
            with("with: {k: \"${{ secrets[params.x] }}\"}"),
        ] {
            let body = json!({ "source": source });
            let (_, answer) = client.post("/workflow/definitions/validate", body).await;
            assert_eq!(answer["data"]["valid"], false, "{source} {answer}");
        }
    }
}

#[tokio::test]
async fn a_run_keeps_the_variables_that_it_started_with() {
    for world in worlds().await {
        let worker = world.worker(quick());
        let client = Client::of(&world);
        let source = "
name: varied
steps:
  - {id: ask, uses: wait.signal}
  - {id: a, uses: test.echo, if: \"vars.mode == 'full'\", with: {list: \"${{ vars.list }}\"}}
outputs: {list: \"${{ steps.a.output.list }}\", mode: \"${{ vars.mode }}\"}";
        put(&client, "variables", "mode", json!("full")).await;
        put(&client, "variables", "list", json!([1, { "a": 2 }])).await;
        put(&client, "variables", "unused", json!(true)).await;
        let id = world.run(source).await;
        world.until(id, Status::Waiting).await;
        put(&client, "variables", "mode", json!("none")).await;
        client.ask(Method::DELETE, "/workflow/variables/list", json!(null)).await;
        client.post(&format!("/workflow/executions/{id}/signal"), json!({ "step": "ask" })).await;
        let ended = world.until(id, Status::Succeeded).await;
        let expected = json!({ "list": [1, { "a": 2 }], "mode": "full" });
        assert_eq!(ended.view.outputs, expected, "{}", world.name);
        let stored = "SELECT count(*) FROM execution_events WHERE payload LIKE '%unused%'";
        assert_eq!(world.number(stored).await, 0, "only those that it uses");
        worker.stop().await;
    }
}

#[tokio::test]
async fn names_values_and_strangers_are_checked() {
    for world in worlds().await {
        let client = Client::of(&world);
        for (kind, name, value) in [
            ("secrets", "9", json!("x")),
            ("secrets", "a-b", json!("x")),
            ("secrets", "a", json!("")),
            ("secrets", "a", json!("x".repeat(64 * 1024 + 1))),
            ("secrets", "a", json!(7)),
            ("variables", "a", json!("x".repeat(64 * 1024))),
            ("variables", "a", json!("a\0b")),
        ] {
            let (status, answer) = put(&client, kind, name, value).await;
            let expected = [StatusCode::UNPROCESSABLE_ENTITY, StatusCode::BAD_REQUEST];
            assert!(expected.contains(&status), "{kind} {name} {status} {answer}");
        }
        for name in ["a", "b", "c"] {
            put(&client, "variables", name, json!(name)).await;
            put(&client, "secrets", name, json!("hush")).await;
        }
        let (_, first) = client.get("/workflow/variables?limit=2").await;
        let cursor = first["data"]["next_cursor"].as_str().unwrap();
        let (_, rest) = client.get(&format!("/workflow/variables?limit=2&cursor={cursor}")).await;
        let names = |page: &Value| {
            let items = page["data"]["items"].as_array().unwrap().clone();
            items.iter().map(|item| item["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!([names(&first), names(&rest)].concat().len(), 3, "{}", world.name);
        let (_, secrets) = client.get("/workflow/secrets").await;
        assert!(names(&secrets).len() == 3 && !secrets.to_string().contains("hush"), "{secrets}");
        let (status, _) = client.get("/workflow/variables/a").await;
        assert_eq!(status, StatusCode::OK);
        let stranger = Client::new(&world.module, world.ambient.uuid().to_string());
        let (status, _) = stranger.get("/workflow/variables/a").await;
        assert_eq!(status, StatusCode::NOT_FOUND);
        let (status, _) = stranger.ask(Method::DELETE, "/workflow/secrets/a", json!(null)).await;
        assert_eq!(status, StatusCode::NOT_FOUND);
        let (status, _) = client.ask(Method::DELETE, "/workflow/secrets/a", json!(null)).await;
        assert_eq!(status, StatusCode::OK);
    }
}
