//! Lists tell which executions wait for somebody, and for whose answer.

use axum::http::StatusCode;
use sea_orm::ConnectionTrait as _;
use sea_orm_migration::SchemaManager;
use serde_json::{Value, json};
use shared_kernel::domain::{Execution, Id};
use workflow::{StartExecution, domain::execution::Status};

use crate::{
    routes::Client,
    support::{World, eventually, quick, worlds},
};

const ASKS: &str = "{name: asks, steps: [{id: ask, uses: wait.signal, with: {message: may we?}}]}";
const RESTS: &str = "{name: rests, steps: [{id: rest, uses: wait.for, with: {duration: 9d}}]}";
const ASKS_EACH: &str = "
name: asks-each
steps:
  - {id: ask, uses: wait.signal, for_each: [a, b, c], max_parallel: 2, with: {message: \"${{ item }}?\"}}
";
const ASKS_BESIDE: &str = "
name: asks-beside
steps:
  - {id: work, uses: test.hang, with: {}}
  - {id: ask, uses: wait.signal, needs: [], with: {timeout: 2d}}
";

/// What a list filtered so shows: the executions and who waits in them.
async fn listed(client: &Client, filter: &str) -> Vec<(Value, Value)> {
    let (status, answer) = client.get(&format!("/workflow/executions?{filter}")).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    let items = answer["data"]["items"].as_array().unwrap();
    items.iter().map(|row| (row["id"].clone(), row["awaits"].clone())).collect()
}

async fn until_listed(client: &Client, id: Id<Execution>, awaits: Value) {
    let wanted = vec![(json!(id), awaits)];
    eventually("listed as waiting for somebody", async || {
        (listed(client, "awaits_signal=true").await == wanted).then_some(())
    })
    .await;
}

async fn answer(client: &Client, id: Id<Execution>, body: Value) {
    let (status, answer) = client.post(&format!("/workflow/executions/{id}/signal"), body).await;
    assert_eq!(status, StatusCode::ACCEPTED, "{answer}");
}

#[tokio::test]
async fn whoever_waits_for_somebody_is_found_among_those_that_wait_for_a_time() {
    for world in worlds().await {
        let worker = world.worker(quick());
        let client = Client::of(&world);
        let asks = world.run(ASKS).await;
        let rests = world.run(RESTS).await;
        for id in [asks, rests] {
            world.until(id, Status::Waiting).await;
        }
        let awaits = json!({ "step": "ask", "item": null });
        assert_eq!(listed(&client, "awaits_signal=true").await, [(json!(asks), awaits.clone())]);
        assert_eq!(listed(&client, "awaits_signal=false").await, [(json!(rests), Value::Null)]);
        let narrow = format!("awaits_signal=true&definition_id={}", uuid::Uuid::nil());
        assert_eq!(listed(&client, &narrow).await, []);
        let (status, _) = client.get("/workflow/executions?awaits_signal=maybe").await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        answer(&client, asks, json!({ "decision": "approve" })).await;
        world.until(asks, Status::Succeeded).await;
        assert_eq!(listed(&client, "awaits_signal=true").await, [], "{}", world.name);
        worker.stop().await;
    }
}

#[tokio::test]
async fn items_are_named_one_after_the_other() {
    for world in worlds().await {
        let worker = world.worker(quick());
        let client = Client::of(&world);
        let id = world.run(ASKS_EACH).await;
        for item in [0, 1, 2] {
            until_listed(&client, id, json!({ "step": "ask", "item": item })).await;
            let (_, shown) = client.get(&format!("/workflow/executions/{id}")).await;
            let step = &shown["data"]["steps"][0];
            let told = [&step["awaits_signal"], &step["awaits_item"], &step["input"]["message"]];
            let message = json!(format!("{}?", ["a", "b", "c"][item]));
            assert_eq!(told, [&json!(true), &json!(item), &message], "{}", world.name);
            answer(&client, id, json!({ "step": "ask", "item": item, "decision": "approve" }))
                .await;
        }
        let done = world.until(id, Status::Succeeded).await;
        assert!(!done.view.steps[0].awaits_signal());
        assert_eq!(listed(&client, "awaits_signal=true").await, []);
        worker.stop().await;
    }
}

#[tokio::test]
async fn what_runs_beside_hides_nobody_and_an_answer_is_seen_at_once() {
    for world in worlds().await {
        let worker = world.worker(quick());
        let client = Client::of(&world);
        let id = world.run(ASKS_BESIDE).await;
        until_listed(&client, id, json!({ "step": "ask", "item": null })).await;
        assert_eq!(world.show(id).await.row.status, Status::Running, "{}", world.name);
        world.clock.advance(std::time::Duration::from_hours(49));
        eventually("nobody is waited for any more", async || {
            listed(&client, "awaits_signal=true").await.is_empty().then_some(())
        })
        .await;
        worker.kill().await;
    }
}

const ASKS_AFTER_MUCH: &str = "
name: asks-after-much
params: {properties: {text: {type: string, default: x}}}
steps:
  - {id: ask, uses: wait.signal, with: {timeout: 2d}}
";

#[tokio::test]
async fn who_waits_is_still_listed_while_the_journal_cannot_be_read() {
    for world in worlds().await {
        let client = Client::of(&world);
        let definition_id = world.define(ASKS_AFTER_MUCH).await;
        // Larger than a row may be: it goes through the blob store.
        let params = json!({ "text": "x".repeat(100_000) });
        let wanted = StartExecution { definition_id, params, ..StartExecution::default() };
        let worker = world.worker(quick());
        let id = world.module.start(world.owner, wanted).await.unwrap().id;
        let asked = json!({ "step": "ask", "item": null });
        world.until(id, Status::Waiting).await;
        worker.stop().await;
        let (there, away) =
            (world.folder.path().to_owned(), world.folder.path().with_extension("away"));
        std::fs::rename(&there, &away).unwrap();
        world.clock.advance(std::time::Duration::from_hours(49));
        let worker = world.worker(quick());
        eventually("was taken and put off", async || {
            let epochs = "SELECT max(epoch) FROM workflow_executions";
            (world.number(epochs).await > 2).then_some(())
        })
        .await;
        assert_eq!(listed(&client, "awaits_signal=true").await, [(json!(id), asked)]);
        std::fs::rename(&away, &there).unwrap();
        world.until(id, Status::Failed).await;
        assert_eq!(listed(&client, "awaits_signal=true").await, [], "{}", world.name);
        worker.stop().await;
    }
}

#[tokio::test]
async fn what_a_worker_of_before_ended_waits_for_nobody() {
    for world in worlds().await {
        let worker = world.worker(quick());
        let client = Client::of(&world);
        let id = world.run(ASKS).await;
        until_listed(&client, id, json!({ "step": "ask", "item": null })).await;
        answer(&client, id, json!({ "decision": "approve" })).await;
        world.until(id, Status::Succeeded).await;
        worker.stop().await;
        let stale = "UPDATE workflow_executions SET awaits = 'ask'";
        world.database.write().execute_unprepared(stale).await.unwrap();
        assert_eq!(listed(&client, "awaits_signal=true").await, []);
        let others = listed(&client, "awaits_signal=false").await;
        assert_eq!(others, [(json!(id), Value::Null)], "{}", world.name);
    }
}

/// Takes the column away and brings it back, as on a database of before.
async fn migrate_again(world: &World) {
    let manager = SchemaManager::new(world.database.write());
    let all = workflow::migrations();
    let ours: Vec<_> = all.iter().filter(|one| one.name().contains("execution_awaits")).collect();
    assert_eq!(ours.len(), 2);
    for migration in ours.iter().rev() {
        migration.down(&manager).await.unwrap();
    }
    for migration in ours {
        migration.up(&manager).await.unwrap();
    }
}

#[tokio::test]
async fn those_that_waited_before_there_was_the_column_are_told_from_their_journal() {
    for world in worlds().await {
        let worker = world.worker(quick());
        let client = Client::of(&world);
        let (asks, each) = (world.run(ASKS).await, world.run(ASKS_EACH).await);
        let rests = world.run(RESTS).await;
        until_listed_both(&client, asks, each, 0).await;
        answer(&client, each, json!({ "step": "ask", "item": 0, "decision": "approve" })).await;
        until_listed_both(&client, asks, each, 1).await;
        for id in [asks, each, rests] {
            world.until(id, Status::Waiting).await;
        }
        worker.stop().await;
        migrate_again(&world).await;
        until_listed_both(&client, asks, each, 1).await;
    }
}

async fn until_listed_both(client: &Client, asks: Id<Execution>, each: Id<Execution>, item: u32) {
    let wanted = [
        (json!(each), json!({ "step": "ask", "item": item })),
        (json!(asks), json!({ "step": "ask", "item": null })),
    ];
    eventually("both are listed as waiting", async || {
        // Both were started at the same time, so either may come first.
        let mut found = listed(client, "awaits_signal=true").await;
        found.sort_by_key(|(id, _)| *id != wanted[0].0);
        (found == wanted).then_some(())
    })
    .await;
}
