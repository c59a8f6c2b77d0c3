//! Executions that start executions.

use std::time::Duration;

use sea_orm::ConnectionTrait as _;
use serde_json::{Value, json};
use shared_kernel::domain::{Execution, Id, Owner};
use workflow::{ExecutionDetails, StartExecution, WorkerSettings, domain::execution::Status};

use crate::{
    routes::Client,
    support::{World, eventually, quick, worlds},
};

const DOUBLE: &str = "
name: double
params: {properties: {n: {type: integer}}, required: [n]}
steps:
  - {id: twice, uses: test.echo, with: {n: '${{ params.n * 2 }}'}}
outputs: {n: '${{ steps.twice.output.n }}'}
";

const ASK: &str = "
name: ask
steps:
  - id: call
    uses: workflow.run
    with: {workflow: double, params: {n: 21}}
  - {id: after, uses: test.echo, with: {n: '${{ steps.call.output.outputs.n }}'}}
outputs: {n: '${{ steps.after.output.n }}'}
";

/// The executions that one started, oldest first.
async fn children(world: &World, of: Id<Execution>) -> Vec<Id<Execution>> {
    let (_, page) = Client::of(world).get("/workflow/executions?limit=200").await;
    let items = page["data"]["items"].as_array().unwrap().clone();
    let ours = items.iter().filter(|row| row["parent_id"] == of.to_string());
    let mut ids: Vec<_> = ours.map(|row| row["id"].as_str().unwrap().parse().unwrap()).collect();
    ids.reverse();
    ids
}

/// Waits for the failure while the clock goes on.
async fn failed_in_time(world: &World, id: Id<Execution>) -> ExecutionDetails {
    eventually("a failure", async || {
        world.clock.advance(Duration::from_millis(10));
        let details = world.show(id).await;
        (details.row.status == Status::Failed).then_some(details)
    })
    .await
}

#[tokio::test]
async fn a_step_runs_another_workflow_and_takes_its_outputs() {
    for world in worlds().await {
        let worker = world.worker(quick());
        world.define(DOUBLE).await;
        let id = world.run(ASK).await;
        let details = world.until(id, Status::Succeeded).await;
        assert_eq!(details.view.outputs, json!({ "n": 42 }), "{}", world.name);
        let [child] = children(&world, id).await[..] else { panic!("one child") };
        let call = &details.view.steps[0];
        assert_eq!(call.attempts[0].execution_id, Some(child));
        let output = call.output.clone().unwrap();
        assert_eq!(output["execution_id"], child.to_string());
        let trigger = world.show(child).await.view.trigger;
        assert_eq!(trigger, json!({ "kind": "workflow", "execution_id": id, "step": "call" }));
        let kinds = world.kinds(id).await;
        assert!(kinds.contains(&"step.calling".to_owned()), "{kinds:?}");
        worker.stop().await;
    }
}

#[tokio::test]
async fn a_waiting_parent_holds_no_lease_and_the_child_wakes_it() {
    for world in worlds().await {
        let worker = world.worker(quick());
        world
            .define(
                &DOUBLE
                    .replace("test.echo, with", "wait.signal, with: {}, x-with")
                    .replace(", x-with: {n: '${{ params.n * 2 }}'}", "")
                    .replace("${{ steps.twice.output.n }}", "${{ steps.twice.output.data }}"),
            )
            .await;
        let id = world.run(ASK).await;
        world.until(id, Status::Waiting).await;
        let child =
            eventually("a child", async || children(&world, id).await.first().copied()).await;
        world.until(child, Status::Waiting).await;
        assert_eq!(
            world
                .number("SELECT count(*) FROM workflow_executions WHERE worker_id IS NOT NULL")
                .await,
            0
        );
        let path = format!("/workflow/executions/{child}/signal");
        let (status, body) = Client::of(&world).post(&path, json!({ "data": 5 })).await;
        assert_eq!(status, 202, "{body}");
        let details = world.until(id, Status::Succeeded).await;
        assert_eq!(details.view.outputs, json!({ "n": 5 }));
        worker.stop().await;
    }
}

#[tokio::test]
async fn a_child_that_fails_fails_the_step_and_each_attempt_starts_another() {
    for world in worlds().await {
        let worker = world.worker(quick());
        world.define("name: double\nsteps: [{id: no, uses: test.fail}]").await;
        let retried = ASK.replace(
            "with: {workflow: double, params: {n: 21}}",
            "with: {workflow: double}\n    retry: {max_attempts: 2, initial: 1ms}",
        );
        let id = world.run(&retried).await;
        let details = failed_in_time(&world, id).await;
        let error = details.view.steps[0].error.clone().unwrap();
        assert_eq!(error.code, "CHILD_FAILED", "{error:?}");
        assert_eq!(error.details["error"]["code"], "BROKEN", "{error:?}");
        assert_eq!(children(&world, id).await.len(), 2, "on {}", world.name);

        let path = format!("/workflow/executions/{id}/retry");
        let (status, body) = Client::of(&world).post(&path, json!({})).await;
        assert_eq!(status, 202, "{body}");
        eventually("two more children", async || {
            world.clock.advance(Duration::from_millis(10));
            (children(&world, id).await.len() == 4).then_some(())
        })
        .await;
        failed_in_time(&world, id).await;
        worker.stop().await;
    }
}

#[tokio::test]
async fn who_cancels_the_parent_cancels_the_child() {
    for world in worlds().await {
        let worker = world.worker(quick());
        let hang = "name: double\nsteps: [{id: long, uses: test.hang}]\n\
                    finally: [{id: last, uses: test.echo}]";
        world.define(hang).await;
        let id = world.run(&ASK.replace(", params: {n: 21}", "")).await;
        let child =
            eventually("a child", async || children(&world, id).await.first().copied()).await;
        eventually("the child's step", async || (world.seen.count("long") == 1).then_some(()))
            .await;
        let path = format!("/workflow/executions/{id}/cancel");
        let (status, body) = Client::of(&world).post(&path, json!({})).await;
        assert_eq!(status, 202, "{body}");
        world.until(id, Status::Cancelled).await;
        let details = world.show(child).await;
        assert_eq!(details.row.status, Status::Cancelled, "the parent waits for its end");
        assert_eq!(world.seen.count("last"), 1);
        worker.stop().await;
    }
}

#[tokio::test]
async fn a_step_that_may_not_wait_so_long_cancels_the_child() {
    for world in worlds().await {
        let worker = world.worker(quick());
        world
            .define("name: double\nsteps: [{id: long, uses: wait.for, with: {duration: 1h}}]")
            .await;
        let source = ASK.replace(
            "with: {workflow: double, params: {n: 21}}",
            "with: {workflow: double}\n    timeout: 30s",
        );
        let id = world.run(&source).await;
        world.until(id, Status::Waiting).await;
        let child =
            eventually("a child", async || children(&world, id).await.first().copied()).await;
        world.until(child, Status::Waiting).await;
        world.clock.advance(Duration::from_secs(31));
        let details = world.until(id, Status::Failed).await;
        assert_eq!(details.view.steps[0].error.clone().unwrap().code, "TIMED_OUT");
        world.until(child, Status::Cancelled).await;
        worker.stop().await;
    }
}

#[tokio::test]
async fn what_is_not_waited_for_goes_its_own_way() {
    for world in worlds().await {
        let worker = world.worker(quick());
        world.define("name: double\nsteps: [{id: long, uses: test.hang}]").await;
        let source = "name: ask\nsteps:\n  - {id: call, uses: workflow.run, with: {workflow: double, wait: false}}\n\
                      outputs: {child: '${{ steps.call.output.execution_id }}'}";
        let id = world.run(source).await;
        let details = world.until(id, Status::Succeeded).await;
        let child = details.view.outputs["child"].as_str().unwrap().parse().unwrap();
        world.until(child, Status::Running).await;
        worker.stop().await;
    }
}

#[tokio::test]
async fn a_workflow_that_runs_itself_comes_to_an_end() {
    for world in worlds().await {
        let worker = world.worker(quick());
        let source = "name: loop\nsteps: [{id: again, uses: workflow.run, with: {workflow: loop}}]";
        let id = world.run(source).await;
        let details = world.until(id, Status::Failed).await;
        let mut error = json!(details.view.steps[0].error);
        let mut depth = 0;
        while let Some(child) = error["details"]["execution_id"].as_str().map(str::to_owned) {
            depth += 1;
            let details = world.show(child.parse().unwrap()).await;
            error = json!(details.view.steps[0].error);
        }
        assert_eq!((depth, &error["code"]), (16, &Value::from("TOO_DEEP")), "on {}", world.name);
        worker.stop().await;
    }
}

#[tokio::test]
async fn a_run_that_would_wait_for_a_place_of_its_own_is_refused() {
    for world in worlds().await {
        let worker = world.worker(quick());
        let source = "name: loop\nconcurrency: {key: one, limit: 2}\n\
                      steps: [{id: again, uses: workflow.run, with: {workflow: loop}}]";
        let id = world.run(source).await;
        let details = world.until(id, Status::Failed).await;
        let error = json!(details.view.steps[0].error);
        let child = error["details"]["execution_id"].as_str().unwrap().parse().unwrap();
        let error = world.show(child).await.view.steps[0].error.clone().unwrap();
        assert_eq!(error.code, "WAITS_FOR_ITSELF", "on {}", world.name);
        worker.stop().await;
    }
}

#[tokio::test]
async fn the_workflow_of_somebody_else_cannot_be_run() {
    for world in worlds().await {
        let worker = world.worker(quick());
        let stranger = Owner::new(world.ambient.id());
        let theirs = world.module.define(stranger, DOUBLE.to_owned()).await.unwrap().id;
        for workflow in [theirs.to_string(), "double".to_owned()] {
            let source = format!(
                "name: 'ask {workflow}'\nsteps: [{{id: call, uses: workflow.run, with: {{workflow: '{workflow}'}}}}]"
            );
            let id = world.run(&source).await;
            let details = world.until(id, Status::Failed).await;
            assert_eq!(details.view.steps[0].error.clone().unwrap().code, "NOT_FOUND");
        }
        worker.stop().await;
    }
}

#[tokio::test]
async fn a_killed_worker_starts_no_child_twice() {
    for world in worlds().await {
        world.define(DOUBLE).await;
        let many = "name: many\nsteps:\n  - id: call\n    uses: workflow.run\n    \
                    for_each: ${{ params.list }}\n    max_parallel: 4\n    \
                    with: {workflow: double, params: {n: '${{ item }}'}}\n\
                    params: {properties: {list: {type: array}}}\n\
                    outputs: {all: '${{ steps.call.outputs.map(o, o.outputs.n) }}'}";
        let definition_id = world.define(many).await;
        let list: Vec<i64> = (0..20).collect();
        let params = json!({ "list": list });
        let wanted = StartExecution { definition_id, params, ..StartExecution::default() };
        let id = world.module.start(world.owner, wanted).await.unwrap().id;
        for _ in 0..6 {
            let worker = world.worker(quick());
            tokio::time::sleep(Duration::from_millis(60)).await;
            worker.kill().await;
        }
        let worker = world.worker(quick());
        let details = world.until(id, Status::Succeeded).await;
        let doubled: Vec<_> = list.iter().map(|n| n * 2).collect();
        assert_eq!(details.view.outputs, json!({ "all": doubled }), "on {}", world.name);
        assert_eq!(children(&world, id).await.len(), 20, "on {}", world.name);
        worker.stop().await;
    }
}

#[tokio::test]
async fn a_database_that_is_away_while_a_child_is_started_fails_no_step() {
    for world in worlds().await {
        world.define(DOUBLE).await;
        let id = world.run(ASK).await;
        let tell = async |sql| world.database.write().execute_unprepared(sql).await.unwrap();
        tell("ALTER TABLE outbox RENAME TO outbox_away").await;
        let worker = world.worker(quick());
        eventually("an attempt that lasts", async || {
            world.clock.advance(Duration::from_millis(10));
            world.kinds(id).await.contains(&"step.started".to_owned()).then_some(())
        })
        .await;
        tell("ALTER TABLE outbox_away RENAME TO outbox").await;
        world.until(id, Status::Succeeded).await;
        worker.stop().await;
    }
}

const SPREAD: &str = "
name: spread
params: {properties: {list: {type: array}}}
steps:
  - id: each
    uses: test.slow
    for_each: ${{ params.list }}
    max_parallel: 8
    spread: true
    with: {millis: '${{ item }}'}
outputs: {all: '${{ steps.each.outputs.map(o, o.millis) }}'}
";

#[tokio::test]
async fn items_that_are_spread_run_on_all_workers() {
    for world in worlds().await {
        let few = || WorkerSettings { parallel: 2, ..quick() };
        let workers = [world.worker(few()), world.worker(few()), world.worker(few())];
        let definition_id = world.define(SPREAD).await;
        let list: Vec<i64> = (30..60).collect();
        let params = json!({ "list": list });
        let wanted = StartExecution { definition_id, params, ..StartExecution::default() };
        let id = world.module.start(world.owner, wanted).await.unwrap().id;
        let details = world.until(id, Status::Succeeded).await;
        assert_eq!(details.view.outputs, json!({ "all": list }), "on {}", world.name);
        let most = world.seen.most_running.load(std::sync::atomic::Ordering::SeqCst);
        assert!((3..=6).contains(&most), "{most} ran at once on {}", world.name);

        let items = "SELECT count(*) FROM workflow_executions WHERE fragment = 1";
        assert_eq!(world.number(items).await, 30);
        let told = "SELECT count(*) FROM outbox WHERE kind LIKE 'execution.%'";
        assert_eq!(world.number(told).await, 2, "others hear of the one execution only");
        assert!(children(&world, id).await.is_empty(), "items stand in no list");
        let item = details.view.steps[0].attempts[0].execution_id.unwrap();
        let shown = world.show(item).await;
        assert_eq!((shown.view.steps.len(), shown.row.parent), (1, Some(id)));
        for worker in workers {
            worker.stop().await;
        }
    }
}

#[tokio::test]
async fn an_item_that_is_spread_fails_as_it_would_here() {
    for world in worlds().await {
        let worker = world.worker(quick());
        world.seen.failures.store(1, std::sync::atomic::Ordering::SeqCst);
        let source = "name: flaky\nsteps:\n  - {id: each, uses: test.flaky, for_each: [1, 2, 3], \
                      spread: true, max_parallel: 3, retry: {max_attempts: 2, initial: 1ms}}\n  \
                      - {id: bad, uses: test.fail, for_each: [1], spread: true}";
        let id = world.run(source).await;
        let details = failed_in_time(&world, id).await;
        let error = details.view.steps[1].error.clone().unwrap();
        assert_eq!(
            (error.code.as_str(), world.seen.count("each")),
            ("BROKEN", 6),
            "{}",
            world.name
        );
        let runs = world.seen.runs.lock().clone();
        let keys: std::collections::BTreeSet<_> =
            runs.iter().filter(|run| run.0 == "each").map(|run| run.3.clone()).collect();
        let expected = (0..3).map(|item| format!("{id}/each/{item}")).collect();
        assert_eq!(keys, expected, "an item has one key in all its attempts");

        let path = format!("/workflow/executions/{id}/retry");
        let (status, body) = Client::of(&world).post(&path, json!({})).await;
        assert_eq!(status, 202, "{body}");
        eventually("another try", async || (world.seen.count("bad") == 2).then_some(())).await;
        failed_in_time(&world, id).await;
        assert_eq!(world.seen.count("each"), 6, "what succeeded is kept");
        worker.stop().await;
    }
}

#[tokio::test]
async fn who_cancels_an_execution_cancels_its_items() {
    for world in worlds().await {
        let worker = world.worker(quick());
        let source = "name: hang\nsteps:\n  - {id: each, uses: test.hang, for_each: [1, 2, 3], \
                      spread: true, max_parallel: 3}";
        let id = world.run(source).await;
        eventually("all items", async || (world.seen.count("each") == 3).then_some(())).await;
        let path = format!("/workflow/executions/{id}/cancel");
        let (status, body) = Client::of(&world).post(&path, json!({})).await;
        assert_eq!(status, 202, "{body}");
        world.until(id, Status::Cancelled).await;
        let open = "SELECT count(*) FROM workflow_executions WHERE finished_at IS NULL";
        assert_eq!(world.number(open).await, 0, "on {}", world.name);
        worker.stop().await;
    }
}
