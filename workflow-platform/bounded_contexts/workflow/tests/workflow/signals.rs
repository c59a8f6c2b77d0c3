//! Steps that wait for people, and for a point in time.

use std::time::Duration;

use axum::http::StatusCode;
use serde_json::{Value, json};
use shared_kernel::domain::{Execution, Id};
use workflow::domain::execution::{Status, StepStatus};

use crate::{
    routes::Client,
    support::{World, quick, worlds},
};

const ASKS: &str = "
name: asks
steps:
  - {id: ask, uses: wait.signal, with: {message: may we?, timeout: 2d}}
  - {id: then, uses: test.echo, with: {said: \"${{ steps.ask.output.data.note }}\"}}
outputs: {said: \"${{ steps.then.output.said }}\"}
";

async fn signal(client: &Client, id: Id<Execution>, body: Value) -> (StatusCode, Value) {
    client.post(&format!("/workflow/executions/{id}/signal"), body).await
}

async fn no_letters_left(world: &World) {
    assert_eq!(world.number("SELECT count(*) FROM execution_inbox").await, 0, "{}", world.name);
    let differ = "SELECT count(*) FROM workflow_executions WHERE letters <> letters_taken";
    assert_eq!(world.number(differ).await, 0, "{}", world.name);
}

#[tokio::test]
async fn an_approval_lets_the_run_go_on() {
    for world in worlds().await {
        let worker = world.worker(quick());
        let client = Client::of(&world);
        let id = world.run(ASKS).await;
        let waiting = world.until(id, Status::Waiting).await;
        assert!(waiting.view.steps[0].awaits_signal());
        assert_eq!(waiting.view.steps[0].input, Some(json!({ "message": "may we?" })));
        assert!(
            waiting.waiting_reason.unwrap().of(shared_kernel::domain::Locale::En).contains("ask")
        );
        let body = json!({ "decision": "approve", "data": { "note": "yes" } });
        let (status, answer) = signal(&client, id, body.clone()).await;
        assert_eq!((status, &answer["data"]["step"]), (StatusCode::ACCEPTED, &json!("ask")));
        let done = world.until(id, Status::Succeeded).await;
        assert_eq!(done.view.outputs, json!({ "said": "yes" }));
        assert_eq!(done.view.steps[0].output.as_ref().unwrap()["by"], json!(world.owner.user()));
        no_letters_left(&world).await;
        let (status, answer) = signal(&client, id, body).await;
        assert_eq!((status, &answer["error"]), (StatusCode::CONFLICT, &json!("EXECUTION_ENDED")));
        worker.stop().await;
    }
}

#[tokio::test]
async fn a_rejection_and_silence_fail_the_step() {
    for world in worlds().await {
        let worker = world.worker(quick());
        let client = Client::of(&world);
        let rejected = world.run(ASKS).await;
        world.until(rejected, Status::Waiting).await;
        signal(&client, rejected, json!({ "decision": "reject", "data": "no" })).await;
        let failed = world.until(rejected, Status::Failed).await;
        assert_eq!(failed.row.error.unwrap().code, "REJECTED");
        let silent = world.start(failed.row.definition_id).await;
        world.until(silent, Status::Waiting).await;
        world.clock.advance(Duration::from_hours(49));
        let failed = world.until(silent, Status::Failed).await;
        assert_eq!(failed.row.error.unwrap().code, "SIGNAL_TIMED_OUT");
        let cancelled = world.start(failed.row.definition_id).await;
        world.until(cancelled, Status::Waiting).await;
        world.module.executions().cancel(&world.principal(), cancelled).await.unwrap();
        world.until(cancelled, Status::Cancelled).await;
        worker.stop().await;
    }
}

#[tokio::test]
async fn an_early_signal_waits_for_its_step_and_each_item_has_its_own() {
    let source = "
name: early
steps:
  - {id: rest, uses: wait.for, with: {duration: 1h}}
  - {id: ask, uses: wait.signal, for_each: [a, b], max_parallel: 2, with: {}}
outputs: {said: \"${{ steps.ask.outputs.map(o, o.data) }}\"}
";
    for world in worlds().await {
        let worker = world.worker(quick());
        let client = Client::of(&world);
        let id = world.run(source).await;
        world.until(id, Status::Waiting).await;
        let (status, _) = signal(&client, id, json!({ "item": 1, "data": 11 })).await;
        assert_eq!(status, StatusCode::ACCEPTED);
        for wrong in [json!({ "data": 1 }), json!({ "step": "rest" }), json!({ "decision": "so" })]
        {
            let (status, answer) = signal(&client, id, wrong).await;
            assert!(status.is_client_error(), "{answer}");
        }
        world.clock.advance(Duration::from_hours(2));
        crate::support::eventually("one answered", async || {
            let details = world.show(id).await;
            details.view.steps[1].items.is_some_and(|items| items.succeeded == 1).then_some(())
        })
        .await;
        world.until(id, Status::Waiting).await;
        worker.kill().await;
        signal(&client, id, json!({ "step": "ask", "item": 0, "data": 10 })).await;
        let worker = world.worker(quick());
        let done = world.until(id, Status::Succeeded).await;
        assert_eq!(done.view.outputs, json!({ "said": [10, 11] }));
        no_letters_left(&world).await;
        let stranger = Client::new(&world.module, world.ambient.uuid().to_string());
        assert_eq!(signal(&stranger, id, json!({})).await.0, StatusCode::NOT_FOUND);
        worker.stop().await;
    }
}

#[tokio::test]
async fn a_step_waits_until_an_instant() {
    for world in worlds().await {
        let worker = world.worker(quick());
        let at = world.ambient.now().plus(Duration::from_hours(5));
        let source = format!(
            "{{name: later, steps: [{{id: a, uses: wait.until, with: {{at: \"{at}\"}}}}, \
             {{id: b, uses: wait.until, with: {{at: \"2001-01-01T00:00:00Z\"}}}}]}}"
        );
        let id = world.run(&source).await;
        let waiting = world.until(id, Status::Waiting).await;
        assert_eq!(waiting.view.steps[0].waits_until, Some(at));
        world.clock.advance(Duration::from_hours(6));
        let done = world.until(id, Status::Succeeded).await;
        assert!(done.view.steps.iter().all(|step| step.status == StepStatus::Succeeded));
        let bad = "{name: bad, steps: [{id: a, uses: wait.until, with: {at: tomorrow}}]}";
        assert!(world.module.define(world.owner, bad.to_owned()).await.is_err());
        worker.stop().await;
    }
}
