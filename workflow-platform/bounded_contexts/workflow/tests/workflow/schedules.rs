//! Workflows that start by themselves.

use std::{sync::Arc, time::Duration};

use shared_kernel::domain::Timestamp;
use tokio_util::sync::CancellationToken;
use workflow::{Draft, application::triggers::Fired};

use crate::support::{World, eventually, principal, quick, worlds};

fn hourly(rules: &str) -> String {
    format!(
        "
name: hourly
triggers:
  - {{cron: \"0 * * * *\", timezone: Asia/Shanghai{rules}}}
steps:
  - {{id: rest, uses: wait.for, with: {{duration: 30d}}}}
"
    )
}

async fn fire_all(world: &World) {
    while world.module.triggers().fire_next().await.unwrap() == Fired::One {}
}

async fn outcomes(world: &World) -> Vec<(String, i64)> {
    use sea_orm::ConnectionTrait as _;
    let sql = "SELECT outcome, count(*) FROM workflow_ticks GROUP BY outcome ORDER BY outcome";
    let rows =
        world.database.read().query_all_raw(world.database.statement(sql, [])).await.unwrap();
    let read = |row: &sea_orm::QueryResult| {
        (row.try_get_by_index(0).unwrap(), row.try_get_by_index(1).unwrap())
    };
    rows.iter().map(read).collect()
}

const EXECUTIONS: &str = "SELECT count(*) FROM workflow_executions";

#[tokio::test]
async fn a_definition_shows_its_triggers_and_when_they_run() {
    for world in worlds().await {
        let definition = world.define(&hourly("")).await;
        let triggers = world.module.triggers();
        let found = triggers.list(&world.principal(), definition).await.unwrap();
        assert_eq!(found[0].spec.timezone, "Asia/Shanghai");
        assert_eq!(found[0].next_runs.len(), 5);
        assert!(found[0].next_runs.is_sorted());
        assert_eq!(found[0].next_runs[0].seconds() % 3600, 0);
        let stranger = principal(world.ambient.id());
        assert!(triggers.list(&stranger, definition).await.is_err());
        let without =
            Draft::Source("{name: hourly, steps: [{id: a, uses: test.echo, with: {}}]}".into());
        world.module.definitions().update(&world.principal(), definition, without).await.unwrap();
        assert!(triggers.list(&world.principal(), definition).await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn no_tick_fires_twice_with_two_schedulers() {
    for world in worlds().await {
        let source = hourly("").replace("0 * * * *", "* * * * * *");
        world.define(&source).await;
        let stop = CancellationToken::new();
        let spawn = || {
            let (module, stop) = (Arc::clone(&world.module), stop.clone());
            tokio::spawn(async move { module.run_scheduler(stop).await })
        };
        let schedulers = [spawn(), spawn()];
        for _ in 0..10 {
            world.clock.advance(Duration::from_secs(1));
            tokio::time::sleep(Duration::from_millis(60)).await;
        }
        eventually("ten ticks", async || (world.number(EXECUTIONS).await >= 10).then_some(()))
            .await;
        stop.cancel();
        for scheduler in schedulers {
            scheduler.await.unwrap();
        }
        assert_eq!(world.number(EXECUTIONS).await, 10, "{}", world.name);
        assert_eq!(world.number("SELECT count(*) FROM workflow_ticks").await, 10);
    }
}

#[tokio::test]
async fn a_tick_that_the_plan_refuses_says_so() {
    for world in worlds().await {
        world.define(&hourly("")).await;
        world.plan.0.store(0, std::sync::atomic::Ordering::SeqCst);
        world.clock.advance(Duration::from_hours(1));
        fire_all(&world).await;
        assert_eq!(outcomes(&world).await, [("refused".to_owned(), 1)]);
        assert_eq!(world.number(EXECUTIONS).await, 0);
    }
}

#[tokio::test]
async fn missed_ticks_follow_their_rule() {
    for (rule, started, expected) in [
        ("skip", 0, vec![("skipped".to_owned(), 3)]),
        ("once", 1, vec![("coalesced".to_owned(), 2), ("late".to_owned(), 1)]),
        ("all", 3, vec![("late".to_owned(), 3)]),
    ] {
        for world in worlds().await {
            world.define(&hourly(&format!(", misfire: {rule}"))).await;
            let start = world.ambient.now();
            let down = Timestamp::from_micros((start.seconds() / 3600 + 1) * 3_600_000_000);
            world.clock.set(down.plus(Duration::from_mins(130)));
            fire_all(&world).await;
            assert_eq!(world.number(EXECUTIONS).await, started, "{rule} {}", world.name);
            assert_eq!(outcomes(&world).await, expected, "{rule} {}", world.name);
            fire_all(&world).await;
            assert_eq!(world.number(EXECUTIONS).await, started);
        }
    }
}

#[tokio::test]
async fn overlapping_ticks_follow_their_rule() {
    for (rule, started, cancelled) in [("queue", 3, 0), ("skip", 1, 0), ("cancel_running", 3, 2)] {
        for world in worlds().await {
            world.define(&hourly(&format!(", overlap: {rule}"))).await;
            for _ in 0..3 {
                world.clock.advance(Duration::from_hours(1));
                // Handled within the minute after it was due.
                let now = world.ambient.now().seconds();
                world.clock.set(Timestamp::from_micros((now / 3600 * 3600 + 1) * 1_000_000));
                fire_all(&world).await;
            }
            assert_eq!(world.number(EXECUTIONS).await, started, "{rule} {}", world.name);
            let wishes = "SELECT count(*) FROM workflow_executions WHERE cancel_at IS NOT NULL";
            assert_eq!(world.number(wishes).await, cancelled, "{rule} {}", world.name);
            let worker = world.worker(quick());
            if rule == "queue" {
                let waiting = "SELECT count(*) FROM workflow_executions WHERE status = 'waiting'";
                eventually("one run", async || (world.number(waiting).await == 1).then_some(()))
                    .await;
                tokio::time::sleep(Duration::from_millis(100)).await;
                assert_eq!(world.number(waiting).await, 1);
            }
            worker.stop().await;
        }
    }
}
