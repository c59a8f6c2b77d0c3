//! Executions that run again, and finding them.

use std::sync::atomic::Ordering;

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use shared_kernel::domain::{Execution, Id};
use workflow::domain::execution::Status;

use crate::{
    routes::Client,
    support::{World, quick, worlds},
};

const BREAKS: &str = "
name: breaks
steps:
  - {id: first, uses: test.echo, with: {n: 1}}
  - id: many
    uses: test.flaky
    for_each: [1, 2, 3]
    with: {n: \"${{ item + steps.first.output.n }}\"}
  - {id: last, uses: test.echo, with: {all: \"${{ steps.many.outputs }}\"}}
finally:
  - {id: tidy, uses: test.echo, with: {}}
outputs: {all: \"${{ steps.last.output.all }}\"}
";

fn id_of(answer: &Value) -> Id<Execution> {
    answer["data"]["id"].as_str().unwrap().parse().unwrap()
}

async fn failed(world: &World) -> Id<Execution> {
    world.seen.failures.store(9, Ordering::SeqCst);
    let id = world.run(BREAKS).await;
    world.until(id, Status::Failed).await;
    world.seen.failures.store(0, Ordering::SeqCst);
    id
}

#[tokio::test]
async fn a_failed_execution_goes_on_from_where_it_failed() {
    for world in worlds().await {
        let worker = world.worker(quick());
        let client = Client::of(&world);
        let id = failed(&world).await;
        let path = format!("/workflow/executions/{id}/retry");
        let (status, answer) = client.post(&path, json!({})).await;
        assert_eq!((status, id_of(&answer)), (StatusCode::ACCEPTED, id), "{answer}");
        let details = world.until(id, Status::Succeeded).await;
        assert_eq!(details.view.outputs, json!({ "all": [{"n": 2}, {"n": 3}, {"n": 4}] }));
        assert_eq!(world.seen.count("first"), 1, "what succeeded is not run again");
        assert_eq!((world.seen.count("last"), world.seen.count("tidy")), (1, 2));
        let (status, answer) = client.post(&path, json!({})).await;
        assert_eq!(status, StatusCode::CONFLICT, "{answer}");
        assert_eq!(answer["error"], "EXECUTION_NOT_FAILED");
        let kinds = world.kinds(id).await;
        assert_eq!(kinds.iter().filter(|kind| *kind == "execution.finished").count(), 2);
        let stream = client.follow(&format!("/workflow/executions/{id}"), 0).await;
        assert_eq!(stream.matches("event: execution.finished").count(), 2, "{stream}");
        assert!(stream.contains("event: execution.retried"), "{stream}");
        worker.stop().await;
    }
}

#[tokio::test]
async fn a_rerun_keeps_the_results_before_its_step() {
    for world in worlds().await {
        let worker = world.worker(quick());
        let client = Client::of(&world);
        let id = world.run(&BREAKS.replace("breaks", "whole")).await;
        world.until(id, Status::Succeeded).await;
        let path = format!("/workflow/executions/{id}/rerun");
        let (status, answer) = client.post(&path, json!({ "from_step": "last" })).await;
        assert_eq!(status, StatusCode::CREATED, "{answer}");
        let again = id_of(&answer);
        assert_ne!(again, id);
        let details = world.until(again, Status::Succeeded).await;
        assert_eq!(details.view.outputs, json!({ "all": [{"n": 2}, {"n": 3}, {"n": 4}] }));
        assert_eq!(details.view.trigger["execution_id"], json!(id));
        assert_eq!((world.seen.count("many"), world.seen.count("last")), (3, 2));
        let (_, answer) = client.post(&path, json!({})).await;
        world.until(id_of(&answer), Status::Succeeded).await;
        assert_eq!((world.seen.count("first"), world.seen.count("many")), (2, 6));
        for wrong in [json!({ "from_step": "none" }), json!({ "version": 7 })] {
            let (status, answer) = client.post(&path, wrong).await;
            assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{answer}");
        }
        let stranger = Client::new(&world.module, world.ambient.uuid().to_string());
        assert_eq!(stranger.post(&path, json!({})).await.0, StatusCode::NOT_FOUND);
        worker.stop().await;
    }
}

#[tokio::test]
async fn many_are_retried_and_cancelled_at_once() {
    for world in worlds().await {
        let worker = world.worker(quick());
        let client = Client::of(&world);
        let broken = failed(&world).await;
        let resting =
            world.run("{name: rest, steps: [{id: r, uses: wait.for, with: {duration: 9d}}]}");
        let resting = resting.await;
        world.until(resting, Status::Waiting).await;
        let body = json!({ "action": "retry", "filter": { "status": "failed" } });
        let (status, answer) = client.post("/workflow/executions/bulk", body).await;
        assert_eq!(status, StatusCode::ACCEPTED, "{answer}");
        assert_eq!(answer["data"]["done"], json!([broken]), "{answer}");
        world.until(broken, Status::Succeeded).await;
        let strange = world.ambient.id::<Execution>();
        let body = json!({ "action": "cancel", "ids": [broken, resting, strange] });
        let (_, answer) = client.post("/workflow/executions/bulk", body).await;
        assert_eq!(answer["data"]["done"], json!([resting]), "{answer}");
        let codes: Vec<_> =
            answer["data"]["failures"].as_array().unwrap().iter().map(|f| &f["code"]).collect();
        assert_eq!(codes, ["EXECUTION_ENDED", "NOT_FOUND"]);
        world.until(resting, Status::Cancelled).await;
        for wrong in [json!({ "action": "cancel" }), json!({ "action": "burn", "ids": [] })] {
            let (status, answer) = client.post("/workflow/executions/bulk", wrong).await;
            assert!(status.is_client_error(), "{answer}");
        }
        worker.stop().await;
    }
}

#[tokio::test]
async fn executions_are_found_by_label_text_and_time() {
    for world in worlds().await {
        let client = Client::of(&world);
        let mut started = Vec::new();
        for (name, team) in [("Books_1", "a"), ("books 2", "b"), ("films", "a")] {
            let source =
                format!("{{name: {name}, steps: [{{id: s, uses: test.echo, with: {{}}}}]}}");
            let definition = world.define(&source).await;
            let body = json!({ "definition_id": definition, "labels": { "team": team } });
            let (status, answer) = client.post("/workflow/executions", body).await;
            assert_eq!(status, StatusCode::CREATED, "{answer}");
            started.push(id_of(&answer).to_string());
            world.clock.advance(std::time::Duration::from_mins(1));
        }
        let [one, two, three] = started.try_into().unwrap();
        let found = async |query: &str| {
            let (status, answer) = client.get(&format!("/workflow/executions?{query}")).await;
            assert_eq!(status, StatusCode::OK, "{} {query} {answer}", world.name);
            let ids = answer["data"]["items"].as_array().unwrap().iter();
            let ids: Vec<_> = ids.map(|row| row["id"].as_str().unwrap().to_owned()).collect();
            (ids, answer["data"]["next_cursor"].clone())
        };
        assert_eq!(found("label=team:a").await.0, [three.clone(), one.clone()]);
        assert_eq!(found("q=BOOKS").await.0, [two.clone(), one.clone()]);
        assert_eq!(found("q=s_1").await.0, *std::slice::from_ref(&one));
        assert_eq!(found(&format!("q={three}")).await.0, *std::slice::from_ref(&three));
        assert_eq!(
            found("q=books&label=team:b&status=pending").await.0,
            *std::slice::from_ref(&two)
        );
        assert!(found("q=nothing").await.0.is_empty());
        let (first, cursor) = found("q=books&limit=1").await;
        let next = found(&format!("q=books&limit=1&cursor={}", cursor.as_str().unwrap())).await;
        assert_eq!((first, next.0), (vec![two.clone()], vec![one.clone()]));
        let (_, shown) = client.get(&format!("/workflow/executions/{two}")).await;
        let at = shown["data"]["created_at"].as_str().unwrap();
        assert_eq!(found(&format!("created_from={at}")).await.0, [three, two]);
        assert_eq!(found(&format!("created_before={at}")).await.0, [one]);
        for wrong in ["label=team", "status=odd", "created_from=yesterday", "colour=red"] {
            let (status, _) = client.get(&format!("/workflow/executions?{wrong}")).await;
            assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
        }
        let labels =
            json!({ "definition_id": Id::<Execution>::from(uuid()), "labels": {"a:b": "c"} });
        let (status, _) = client.ask(Method::POST, "/workflow/executions", labels).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    }
}

#[tokio::test]
async fn executions_are_found_by_what_started_them() {
    for world in worlds().await {
        let worker = world.worker(quick());
        let client = Client::of(&world);
        let first = world.run(&BREAKS.replace("breaks", "whole")).await;
        world.until(first, Status::Succeeded).await;
        let mut again = Vec::new();
        for _ in 0..3 {
            world.clock.advance(std::time::Duration::from_mins(1));
            let path = format!("/workflow/executions/{first}/rerun");
            again.insert(0, id_of(&client.post(&path, json!({})).await.1).to_string());
        }
        let (mut cursor, mut found) = (String::new(), Vec::new());
        loop {
            let path = format!("/workflow/executions?trigger=rerun&limit=2{cursor}");
            let (_, answer) = client.get(&path).await;
            let rows = answer["data"]["items"].as_array().unwrap().clone();
            assert!(rows.iter().all(|row| row["origin"] == "rerun"), "{} {rows:?}", world.name);
            found.extend(rows.iter().map(|row| row["id"].as_str().unwrap().to_owned()));
            let Some(next) = answer["data"]["next_cursor"].as_str() else { break };
            cursor = format!("&cursor={next}");
        }
        assert_eq!(found, again, "{}", world.name);
        let (_, answer) = client.get("/workflow/executions?trigger=manual&q=whole").await;
        assert_eq!(answer["data"]["items"][0]["id"], json!(first), "{answer}");
        assert_eq!(answer["data"]["items"].as_array().unwrap().len(), 1);
        let (status, _) = client.get("/workflow/executions?trigger=whim").await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        worker.stop().await;
    }
}

fn uuid() -> uuid::Uuid {
    uuid::Uuid::from_u128(7)
}

#[tokio::test]
async fn a_log_is_searched_by_level_step_and_text() {
    for world in worlds().await {
        let worker = world.worker(quick());
        let client = Client::of(&world);
        let source = "{name: talks, steps: [{id: a, uses: test.echo, with: {}}, \
                      {id: b, uses: script.javascript, with: {code: \"console.log('Hello 100%')\"}}]}";
        let id = world.run(source).await;
        world.until(id, Status::Succeeded).await;
        let path = format!("/workflow/executions/{id}/logs");
        crate::support::eventually("two lines", async || {
            let (_, answer) = client.get(&path).await;
            (answer["data"]["items"].as_array().unwrap().len() == 2).then_some(())
        })
        .await;
        for (query, lines) in [
            ("step=a", 1),
            ("q=HELLO", 1),
            ("q=0%25", 1),
            ("q=_", 0),
            ("level=warn", 0),
            ("level=debug", 2),
        ] {
            let (status, answer) = client.get(&format!("{path}?{query}")).await;
            assert_eq!(status, StatusCode::OK, "{answer}");
            let found = answer["data"]["items"].as_array().unwrap().len();
            assert_eq!(found, lines, "{} {query}: {answer}", world.name);
        }
        worker.stop().await;
    }
}
