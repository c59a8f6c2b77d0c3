//! Workflows that are started because something happened.

use std::sync::atomic::Ordering;

use serde_json::{Value, json};
use shared_kernel::domain::{DomainEvent, Execution, Id, Owner};
use uuid::Uuid;
use workflow::domain::execution::Status;

use crate::{
    routes::Client,
    support::{World, eventually, quick, worlds},
};

const EXECUTIONS: &str = "SELECT count(*) FROM workflow_executions";

fn event(world: &World, owner: Owner, kind: &str, payload: Value) -> DomainEvent {
    DomainEvent {
        id: world.ambient.id(),
        kind: kind.to_owned(),
        version: 1,
        aggregate: "test".to_owned(),
        aggregate_id: "1".to_owned(),
        user: Some(owner.user()),
        payload,
        occurred_at: world.ambient.now(),
        request_id: None,
    }
}

async fn happens(world: &World, kind: &str, payload: Value) -> DomainEvent {
    let event = event(world, world.owner, kind, payload);
    let handler = world.module.event_handler();
    assert_eq!(handler.concerned(std::slice::from_ref(&event)).await.unwrap(), [true]);
    world.module.event_handler().perform(&event).await.unwrap();
    event
}

async fn listener(world: &World, name: &str, trigger: &str) -> (Uuid, Value) {
    let definition = world
        .define(&format!(
            "
name: {name}
triggers: [{trigger}]
steps: [{{id: a, uses: test.echo, with: {{got: \"${{{{ trigger.event.payload }}}}\"}}}}]
outputs: {{got: \"${{{{ steps.a.output.got }}}}\"}}
"
        ))
        .await;
    let path = format!("/workflow/definitions/{definition}/triggers");
    let (_, answer) = Client::of(world).get(&path).await;
    (definition, answer["data"]["items"][0].clone())
}

async fn ledger(world: &World, trigger: &Value) -> Vec<Value> {
    let path = format!("/workflow/triggers/{}/ticks", trigger["id"].as_str().unwrap());
    let (_, answer) = Client::of(world).get(&path).await;
    answer["data"]["items"].as_array().unwrap().clone()
}

fn outcomes(ledger: &[Value]) -> Vec<&str> {
    ledger.iter().map(|tick| tick["outcome"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn an_event_starts_what_listens_to_it_once() {
    for world in worlds().await {
        let worker = world.worker(quick());
        let (_, exact) = listener(&world, "exact", "{event: proxy.quarantined}").await;
        let (_, prefix) = listener(&world, "prefix", "{event: proxy.*, overlap: skip}").await;
        let (_, other) = listener(&world, "other", "{event: dataset.changed}").await;
        assert_eq!(
            (&exact["kind"], &exact["expression"], &exact["next_runs"]),
            (&json!("event"), &json!("proxy.quarantined"), &json!([]))
        );
        let first = happens(&world, "proxy.quarantined", json!({ "host": "a" })).await;
        world.module.event_handler().perform(&first).await.unwrap();
        let tick = ledger(&world, &exact).await.remove(0);
        assert_eq!((&tick["outcome"], &tick["event_id"]), (&json!("ran"), &json!(first.id)));
        let id: Id<Execution> = tick["execution_id"].as_str().unwrap().parse().unwrap();
        let ended = world.until(id, Status::Succeeded).await;
        assert_eq!(ended.view.outputs["got"], json!({ "host": "a" }), "{}", world.name);
        assert_eq!(ledger(&world, &prefix).await.len(), 1);
        assert_eq!(ledger(&world, &other).await.len(), 0);
        assert_eq!(world.number(EXECUTIONS).await, 2);
        // The clock stands still: both stand in the ledger all the same.
        happens(&world, "proxy.quarantined", json!({ "host": "b" })).await;
        happens(&world, "proxy.quarantined", json!({ "host": "c" })).await;
        assert_eq!(outcomes(&ledger(&world, &exact).await), ["ran"; 3]);
        worker.stop().await;
    }
}

#[tokio::test]
async fn events_of_others_and_of_accounts_start_nothing() {
    for world in worlds().await {
        let (_, trigger) = listener(&world, "mine", "{event: execution.*}").await;
        let stranger =
            event(&world, Owner::new(world.ambient.id()), "execution.finished", json!({}));
        world.module.event_handler().perform(&stranger).await.unwrap();
        let handler = world.module.event_handler();
        assert_eq!(handler.concerned(std::slice::from_ref(&stranger)).await.unwrap(), [false]);
        let nobody = DomainEvent { user: None, ..stranger };
        world.module.event_handler().perform(&nobody).await.unwrap();
        assert!(!world.module.event_handler().wants("user.registered"));
        let pause = format!("/workflow/triggers/{}/pause", trigger["id"].as_str().unwrap());
        Client::of(&world).post(&pause, json!({})).await;
        happens(&world, "execution.finished", json!({})).await;
        assert_eq!(ledger(&world, &trigger).await.len(), 0, "{}", world.name);
        assert_eq!(world.number(EXECUTIONS).await, 0);
    }
}

#[tokio::test]
async fn a_condition_and_the_name_of_a_dataset_choose_among_events() {
    for world in worlds().await {
        let trigger = "{dataset: books, if: \"trigger.event.payload.added > 1\"}";
        let (_, trigger) = listener(&world, "books", trigger).await;
        assert_eq!(trigger["condition"], "trigger.event.payload.added > 1");
        for payload in
            [json!({ "dataset": "films", "added": 5 }), json!({ "dataset": "books", "added": 1 })]
        {
            happens(&world, "dataset.changed", payload).await;
        }
        assert_eq!(ledger(&world, &trigger).await.len(), 0, "{}", world.name);
        happens(&world, "dataset.changed", json!({ "dataset": "books", "added": 2 })).await;
        happens(&world, "dataset.changed", json!({ "dataset": "books" })).await;
        let ledger = ledger(&world, &trigger).await;
        assert_eq!(outcomes(&ledger), ["refused", "ran"], "{ledger:?}");
        assert!(ledger[0]["detail"].as_str().unwrap().starts_with("if: "), "{ledger:?}");
    }
}

#[tokio::test]
async fn an_overlap_and_the_plan_are_heeded() {
    for world in worlds().await {
        let (_, skips) = listener(&world, "skips", "{event: proxy.*, overlap: skip}").await;
        happens(&world, "proxy.quarantined", json!({})).await;
        happens(&world, "proxy.quarantined", json!({})).await;
        assert_eq!(outcomes(&ledger(&world, &skips).await), ["skipped", "ran"], "{}", world.name);
        world.plan.concurrent.store(1, Ordering::SeqCst);
        happens(&world, "proxy.quarantined", json!({})).await;
        assert_eq!(outcomes(&ledger(&world, &skips).await), ["refused", "skipped", "ran"]);
        assert_eq!(world.number(EXECUTIONS).await, 1);
    }
}

/// Hands every event of the outbox to the handler, as a relay would.
async fn relay(world: &World, handed: &mut usize) {
    for event in world.outbox(*handed).await {
        *handed += 1;
        if world.module.event_handler().wants(&event.kind) {
            world.module.event_handler().perform(&event).await.unwrap();
        }
    }
}

#[tokio::test]
async fn runs_that_set_each_other_off_come_to_an_end() {
    for world in worlds().await {
        let worker = world.worker(quick());
        let (definition, trigger) = listener(&world, "again", "{event: execution.finished}").await;
        world.start(definition).await;
        let mut handed = 0;
        let ledger = eventually("the last is refused", async || {
            relay(&world, &mut handed).await;
            let ledger = ledger(&world, &trigger).await;
            (ledger.first()?["outcome"] == "refused").then_some(ledger)
        })
        .await;
        assert_eq!(ledger.len(), 17, "{} {ledger:?}", world.name);
        assert!(ledger[0]["detail"].as_str().unwrap().contains("deep"));
        assert_eq!(world.number(EXECUTIONS).await, 17);
        worker.stop().await;
    }
}

#[tokio::test]
async fn a_trigger_that_cannot_work_is_refused() {
    for world in worlds().await {
        for (trigger, code) in [
            ("{event: user.registered}", "BAD_EVENT"),
            ("{event: \"*\"}", "BAD_EVENT"),
            ("{dataset: \"\"}", "BAD_DATASET"),
            ("{event: dataset.changed, if: \"steps.a.output.x\"}", "NOT_KNOWN_YET"),
            ("{event: dataset.changed, if: \"1 +\"}", "BAD_EXPRESSION"),
            ("{cron: \"* * * * *\", if: \"true\"}", "NO_CONDITION"),
            ("{event: dataset.changed, dataset: x}", "ONE_TIMING"),
        ] {
            let source =
                format!("name: bad\ntriggers: [{trigger}]\nsteps: [{{id: a, uses: test.echo}}]");
            let client = Client::of(&world);
            let (_, answer) =
                client.post("/workflow/definitions/validate", json!({ "source": source })).await;
            assert_eq!(answer["data"]["problems"][0]["code"], code, "{trigger} {answer}");
        }
    }
}
