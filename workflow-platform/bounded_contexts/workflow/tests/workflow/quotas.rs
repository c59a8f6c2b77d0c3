//! What a plan includes by the month is taken by what really starts, and by nothing else.

use std::{sync::atomic::Ordering, time::Duration};

use axum::http::Method;
use futures::future::join_all;
use serde_json::json;
use shared_kernel::domain::Timestamp;
use uuid::Uuid;
use workflow::{ExecutionsError, StartExecution, application::triggers::Fired};

use crate::{
    routes::Client,
    support::{World, eventually, quick, worlds},
};

const ECHO: &str = "{name: echo, steps: [{id: one, uses: test.echo, with: {n: 1}}]}";

fn includes(world: &World, units: u64) {
    world.plan.units.store(units, Ordering::SeqCst);
}

fn left(world: &World) -> u64 {
    world.plan.units.load(Ordering::SeqCst)
}

async fn executions(world: &World) -> i64 {
    world.number("SELECT COUNT(*) FROM workflow_executions").await
}

#[tokio::test]
async fn each_start_takes_a_unit_and_a_refused_one_none() {
    for world in worlds().await {
        let definition = world.define(ECHO).await;
        includes(&world, 3);
        let wanted = StartExecution { definition_id: definition, ..StartExecution::default() };
        let many = (0..10).map(|_| world.module.start(world.owner, wanted.clone()));
        let (started, refused): (Vec<_>, Vec<_>) =
            join_all(many).await.into_iter().partition(Result::is_ok);
        assert_eq!((started.len(), refused.len()), (3, 7), "{}", world.name);
        assert!(refused.iter().all(|one| matches!(one, Err(ExecutionsError::Quota(_)))));
        assert_eq!((executions(&world).await, left(&world)), (3, 0));
        includes(&world, 5);
        let bad = StartExecution { params: json!([1]), ..wanted.clone() };
        world.module.start(world.owner, bad).await.unwrap_err();
        assert_eq!(left(&world), 5);
    }
}

#[tokio::test]
async fn a_start_under_a_key_takes_one_unit_however_often_it_is_asked_for() {
    for world in worlds().await {
        let client = Client::of(&world);
        let definition = world.define(ECHO).await;
        includes(&world, 10);
        let body = json!({ "definition_id": definition });
        let headers = [("idempotency-key", "k")];
        let ask = || client.ask_with(Method::POST, "/workflow/executions", &headers, &body);
        for (status, answer) in join_all((0..8).map(|_| ask())).await {
            assert_eq!(status, 201, "{answer}");
        }
        assert_eq!((executions(&world).await, left(&world)), (1, 9), "{}", world.name);
    }
}

#[tokio::test]
async fn running_again_takes_a_unit_and_going_on_none() {
    for world in worlds().await {
        let client = Client::of(&world);
        let worker = world.worker(quick());
        let id = world.run("{name: bad, steps: [{id: one, uses: test.fail, with: {}}]}").await;
        world.ended(id).await;
        includes(&world, 1);
        let retry = format!("/workflow/executions/{id}/retry");
        let (status, answer) = client.post(&retry, json!({})).await;
        assert!(status.is_success(), "{answer}");
        assert_eq!(left(&world), 1);
        let rerun = format!("/workflow/executions/{id}/rerun");
        let (status, answer) = client.post(&rerun, json!({})).await;
        assert!(status.is_success(), "{answer}");
        assert_eq!(left(&world), 0, "{}", world.name);
        let (status, refused) = client.post(&rerun, json!({})).await;
        assert_eq!((status.as_u16(), &refused["error"]), (402, &json!("QUOTA_EXCEEDED")));
        worker.stop().await;
    }
}

/// An hour and ten minutes after the last of three missed ticks.
async fn missed_three(world: &World) -> Uuid {
    let definition = world
        .define(
            "
name: hourly
triggers: [{cron: \"0 * * * *\", misfire: all}]
steps: [{id: rest, uses: wait.for, with: {duration: 30d}}]
",
        )
        .await;
    let next = world.ambient.now().seconds() / 3600 + 1;
    let down = Timestamp::from_micros(next * 3_600_000_000);
    world.clock.set(down.plus(Duration::from_mins(130)));
    definition
}

#[tokio::test]
async fn ticks_run_as_long_as_the_plan_has_units_and_the_others_say_why_not() {
    for world in worlds().await {
        missed_three(&world).await;
        includes(&world, 2);
        while world.module.triggers().fire_next().await.unwrap() == Fired::One {}
        assert_eq!((executions(&world).await, left(&world)), (2, 0), "{}", world.name);
        let sql = "SELECT COUNT(*) FROM workflow_ticks WHERE outcome = 'refused' \
                   AND detail LIKE '%executions_per_month%'";
        assert_eq!(world.number(sql).await, 1);
    }
}

#[tokio::test]
async fn a_backfill_takes_a_unit_for_each_tick_that_it_starts() {
    for world in worlds().await {
        let client = Client::of(&world);
        let from = world.ambient.now();
        let definition = missed_three(&world).await;
        includes(&world, 2);
        while world.module.triggers().fire_next().await.unwrap() == Fired::One {}
        let path = format!("/workflow/definitions/{definition}/triggers");
        let (_, triggers) = client.get(&path).await;
        let trigger = triggers["data"]["items"][0]["id"].as_str().unwrap();
        let path = format!("/workflow/triggers/{trigger}/backfill");
        let range = json!({ "from": from, "to": world.ambient.now() });
        let (status, refused) = client.post(&path, range.clone()).await;
        assert_eq!(status, 402, "{refused}");
        includes(&world, 1);
        let (_, answer) = client.post(&path, range).await;
        let (started, left_out) = (&answer["data"]["started"], &answer["data"]["left"]);
        assert_eq!((started, left_out), (&json!(1), &json!(2)), "{}", world.name);
        assert_eq!(left(&world), 0, "those that ran before take none");
    }
}

#[tokio::test]
async fn an_execution_says_what_it_used_failed_attempts_and_items_included() {
    for world in worlds().await {
        let client = Client::of(&world);
        let worker = world.worker(quick());
        let source = "
name: spender
steps:
  - {id: one, uses: test.spend, retry: {max_attempts: 2, initial: 1ms}, with: {}}
  - {id: many, uses: test.spend, retry: {max_attempts: 2, initial: 1ms}, for_each: [1, 2], with: {}}
  - {id: free, uses: test.echo, with: {}}
";
        let id = world.run(source).await;
        eventually("its end", async || {
            world.clock.advance(Duration::from_millis(10));
            world.show(id).await.row.status.is_final().then_some(())
        })
        .await;
        let (_, shown) = client.get(&format!("/workflow/executions/{id}")).await;
        let data = &shown["data"];
        assert_eq!(data["status"], "succeeded", "{shown}");
        let cost = |pages: u64| {
            let (bytes, cpu_ms) = (pages * 7, pages * 3);
            json!({ "pages": pages, "bytes": bytes, "proxy_bytes": 0, "cpu_ms": cpu_ms })
        };
        let steps: Vec<_> = (0..3).map(|at| data["steps"][at]["cost"].clone()).collect();
        assert_eq!(steps, [cost(2), cost(4), cost(0)], "{}", world.name);
        assert_eq!(data["cost"], cost(6));
        worker.stop().await;
    }
}
