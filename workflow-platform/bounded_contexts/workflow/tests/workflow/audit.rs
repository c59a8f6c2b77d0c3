//! The audit finds what was broken, and nothing else.

use std::time::Duration;

use sea_orm::ConnectionTrait as _;
use serde_json::json;
use workflow::{WorkerSettings, application::audit::Finding, domain::execution::Status};

use crate::support::{World, quick, worlds};

async fn findings(world: &World) -> Vec<Finding> {
    let audit = world.module.audit();
    let mut all = audit.overdue().await.unwrap();
    let mut after = None;
    loop {
        let round = audit.round(after).await.unwrap();
        all.extend(round.findings);
        after = round.next;
        if after.is_none() {
            return all;
        }
    }
}

async fn kinds(world: &World) -> Vec<&'static str> {
    findings(world).await.iter().map(|finding| finding.invariant.as_str()).collect()
}

async fn tell(world: &World, sql: &str) {
    world.database.write().execute_unprepared(sql).await.unwrap();
}

/// One of each kind of ending and of waiting.
async fn busy(world: &World) {
    let worker = world.worker(quick());
    let ok =
        world.run("name: ok\nsteps: [{id: a, uses: test.echo, for_each: [1, 2], spread: true}]");
    world.until(ok.await, Status::Succeeded).await;
    let bad = world.run("name: bad\nsteps: [{id: a, uses: test.fail}]").await;
    world.until(bad, Status::Failed).await;
    let nap = "name: nap\nsteps: [{id: a, uses: wait.for, with: {duration: 1h}}]";
    let nap = world.run(nap).await;
    world.until(nap, Status::Waiting).await;
    let ask = world.run("name: ask\nsteps: [{id: a, uses: wait.signal}]").await;
    world.until(ask, Status::Waiting).await;
    let call = "name: call\nsteps: [{id: a, uses: workflow.run, with: {workflow: ask}}]";
    let call = world.run(call).await;
    world.until(call, Status::Waiting).await;
    worker.stop().await;
}

#[tokio::test]
async fn nothing_is_found_where_all_is_well() {
    for world in worlds().await {
        busy(&world).await;
        assert_eq!(findings(&world).await, [], "on {}", world.name);
    }
}

#[tokio::test]
async fn each_invariant_that_is_broken_is_found() {
    let late = "UPDATE workflow_executions SET";
    let broken = [
        (format!("{late} wake_at = NULL WHERE definition_name = 'nap'"), "owned"),
        (format!("{late} wake_at = 1 WHERE definition_name = 'nap'"), "timer_fired"),
        (
            format!(
                "{late} wake_at = NULL, worker_id = (SELECT id FROM workflow_workers LIMIT 1) \
                 WHERE definition_name = 'nap'"
            ),
            "lease_alive",
        ),
        (
            "DELETE FROM execution_events WHERE seq = 2 AND execution_id IN \
             (SELECT id FROM workflow_executions WHERE definition_name = 'bad')"
                .to_owned(),
            "journal_gapless",
        ),
        (format!("{late} status = 'succeeded' WHERE definition_name = 'bad'"), "projection_true"),
        (
            format!(
                "{late} concurrency_key = 'k', concurrency_limit = 1 WHERE definition_name \
                 IN ('nap', 'call')"
            ),
            "limit_kept",
        ),
    ];
    for (sql, kind) in broken {
        for world in worlds().await {
            busy(&world).await;
            tell(&world, &sql).await;
            world.clock.advance(Duration::from_mins(2));
            assert_eq!(kinds(&world).await, [kind], "after {sql} on {}", world.name);
        }
    }
}

#[tokio::test]
async fn a_snapshot_that_does_not_fit_its_journal_is_found() {
    for world in worlds().await {
        let worker = world.worker(WorkerSettings { snapshot_every: 10, ..quick() });
        let list: Vec<u32> = (0..50).collect();
        let source = json!({ "name": "long", "steps": [
            { "id": "all", "uses": "test.echo", "for_each": list, "max_parallel": 1 },
            { "id": "ask", "uses": "wait.signal" },
        ] });
        let id = world.run(&source.to_string()).await;
        world.until(id, Status::Waiting).await;
        worker.stop().await;
        assert!(world.number("SELECT count(*) FROM execution_snapshots").await > 0);
        assert_eq!(findings(&world).await, [], "on {}", world.name);
        tell(&world, "UPDATE execution_snapshots SET seq = seq - 1").await;
        assert_eq!(kinds(&world).await, ["snapshot_true"], "on {}", world.name);
    }
}

#[tokio::test]
async fn a_tick_that_nobody_handled_is_found() {
    for world in worlds().await {
        let source =
            "name: ticks\ntriggers: [{cron: '0 8 * * *'}]\nsteps: [{id: a, uses: test.echo}]";
        world.define(source).await;
        assert_eq!(findings(&world).await, [], "on {}", world.name);
        tell(&world, "UPDATE workflow_triggers SET due_at = 1").await;
        assert_eq!(kinds(&world).await, ["tick_handled"], "on {}", world.name);
    }
}
