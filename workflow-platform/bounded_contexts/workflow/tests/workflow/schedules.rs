//! Workflows that start by themselves.

use std::{sync::Arc, time::Duration};

use axum::http::StatusCode;
use serde_json::json;
use shared_kernel::domain::{Ambient, Clock, Timestamp};
use testkit::{MovableClock, SeededEntropy};
use tokio_util::sync::CancellationToken;
use workflow::{Draft, WorkflowModule, application::triggers::Fired};

use crate::routes::Client;
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
    fire_until_none_is_due(&world.module).await;
}

async fn fire_until_none_is_due(module: &WorkflowModule) {
    while module.triggers().fire_next().await.unwrap() == Fired::One {}
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
        assert_eq!(found[0].spec.timing.timezone(), "Asia/Shanghai");
        assert_eq!(found[0].next_runs.len(), 10);
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
        for ticks in 1..=10 {
            world.clock.advance(Duration::from_secs(1));
            eventually("a tick", async || (world.number(EXECUTIONS).await >= ticks).then_some(()))
                .await;
        }
        stop.cancel();
        for scheduler in schedulers {
            scheduler.await.unwrap();
        }
        assert_eq!(world.number(EXECUTIONS).await, 10, "{}", world.name);
        assert_eq!(world.number("SELECT count(*) FROM workflow_ticks").await, 10);
    }
}

/// Seconds of the two clocks after the start, one pair after the other: ahead of each other, back
/// behind what is handled, and far ahead.
const CLOCKS: [(u64, u64); 12] = [
    (60, 30),
    (61, 125),
    (20, 130),
    (400, 0),
    (395, 410),
    (0, 399),
    (410, 410),
    (3_700, 10),
    (100, 3_699),
    (0, 0),
    (3_710, 3_765),
    (3_780, 3_600),
];

/// A second process with a clock of its own.
fn other_process(world: &World) -> (Arc<WorkflowModule>, Arc<MovableClock>) {
    let clock = Arc::new(MovableClock::default());
    let entropy = Arc::new(SeededEntropy::new(2));
    let ambient = Ambient::new(Arc::clone(&clock) as Arc<dyn Clock>, entropy);
    (world.beside(&ambient), clock)
}

/// Minutes since 1970 that stand in the ledger.
async fn handled(world: &World) -> Vec<i64> {
    use sea_orm::ConnectionTrait as _;
    let sql = "SELECT due_at FROM workflow_ticks ORDER BY due_at";
    let statement = world.database.statement(sql, []);
    let rows = world.database.read().query_all_raw(statement).await.unwrap();
    let minute = |row: &sea_orm::QueryResult| {
        Timestamp::from_micros(row.try_get_by_index(0).unwrap()).seconds() / 60
    };
    rows.iter().map(minute).collect()
}

#[tokio::test]
async fn clocks_that_go_back_and_forth_leave_an_exact_ledger() {
    for rule in ["all", "once", "skip"] {
        for world in worlds().await {
            let source = hourly(&format!(", misfire: {rule}")).replace("0 * * * *", "* * * * *");
            world.define(&source).await;
            let (other, clock) = other_process(&world);
            let start = world.ambient.now();
            for (ours, theirs) in CLOCKS {
                world.clock.set(start.plus(Duration::from_secs(ours)));
                clock.set(start.plus(Duration::from_secs(theirs)));
                tokio::join!(fire_all(&world), fire_until_none_is_due(&other));
            }
            let place = format!("{rule} {}", world.name);
            let first = start.seconds() / 60 + 1;
            let last = start.plus(Duration::from_mins(63)).seconds() / 60;
            let minutes: Vec<i64> = (first..=last).collect();
            assert_eq!(handled(&world).await, minutes, "{place}");
            let started = "SELECT count(*) FROM workflow_ticks WHERE execution_id IS NOT NULL";
            assert_eq!(world.number(EXECUTIONS).await, world.number(started).await, "{place}");
            if rule == "all" {
                assert_eq!(world.number(EXECUTIONS).await, i64::try_from(minutes.len()).unwrap());
            }
        }
    }
}

#[tokio::test]
async fn a_tick_that_the_plan_refuses_says_so() {
    for world in worlds().await {
        world.define(&hourly("")).await;
        world.plan.concurrent.store(0, std::sync::atomic::Ordering::SeqCst);
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

#[tokio::test]
async fn intervals_and_dates_are_due_in_their_time() {
    for world in worlds().await {
        let at = Timestamp::from_micros(
            (world.ambient.now().seconds() / 3600 * 3600 + 7200) * 1_000_000,
        );
        let source = format!(
            "
name: other times
triggers: [{{interval: 30m}}, {{at: \"{at}\"}}]
steps: [{{id: rest, uses: wait.for, with: {{duration: 30d}}}}]
"
        );
        let definition = world.define(&source).await;
        let found = world.module.triggers().list(&world.principal(), definition).await.unwrap();
        assert_eq!(found[1].next_runs, [at]);
        for _ in 0..5 {
            let half = world.ambient.now().seconds() / 1800 * 1800 + 1800;
            world.clock.set(Timestamp::from_micros(half * 1_000_000));
            fire_all(&world).await;
        }
        let of = async |position: i32| {
            let sql = format!(
                "SELECT count(*) FROM workflow_ticks k JOIN workflow_triggers t ON t.id = k.trigger_id \
                 WHERE t.position = {position} AND k.outcome = 'ran'"
            );
            world.number(&sql).await
        };
        assert_eq!((of(0).await, of(1).await), (5, 1), "{}", world.name);
    }
}

#[tokio::test]
async fn a_paused_trigger_rests_and_its_ledger_and_backfill_are_served() {
    for world in worlds().await {
        let client = Client::of(&world);
        let definition = world.define(&hourly("")).await;
        let (_, answer) = client.get(&format!("/workflow/definitions/{definition}/triggers")).await;
        let path =
            format!("/workflow/triggers/{}", answer["data"]["items"][0]["id"].as_str().unwrap());
        let (from, hour) = (world.ambient.now(), Duration::from_hours(1));
        let next_hour = || {
            let now = world.ambient.now().plus(hour).seconds();
            world.clock.set(Timestamp::from_micros((now / 3600 * 3600 + 1) * 1_000_000));
        };
        next_hour();
        fire_all(&world).await;
        let (status, paused) = client.post(&format!("{path}/pause"), json!({})).await;
        assert_eq!((status, &paused["data"]["paused"]), (StatusCode::OK, &json!(true)));
        assert_eq!(paused["data"]["next_runs"], json!([]));
        for _ in 0..3 {
            next_hour();
            fire_all(&world).await;
        }
        let (_, resumed) = client.post(&format!("{path}/resume"), json!({})).await;
        assert_eq!(resumed["data"]["paused"], json!(false), "{resumed}");
        fire_all(&world).await;
        assert_eq!(world.number(EXECUTIONS).await, 1, "nothing of the pause is made up for");
        let range = json!({ "from": from, "to": world.ambient.now() });
        let dry = json!({ "from": from, "to": world.ambient.now(), "dry_run": true });
        let (status, preview) = client.post(&format!("{path}/backfill"), dry).await;
        assert_eq!(status, StatusCode::OK, "{preview}");
        assert_eq!(preview["data"]["started"], json!(3), "{preview}");
        assert_eq!(preview["data"]["left"], json!(1), "{preview}");
        assert_eq!(world.number(EXECUTIONS).await, 1, "a preview starts nothing");
        let (status, answer) = client.post(&format!("{path}/backfill"), range.clone()).await;
        assert_eq!(status, StatusCode::CREATED, "{answer}");
        assert_eq!(answer["data"], preview["data"], "what was said before is what was done");
        let (_, again) = client.post(&format!("{path}/backfill"), range).await;
        let nothing = json!({ "started": 0, "left": 4, "first": null, "last": null });
        assert_eq!(again["data"], nothing);
        assert_eq!(world.number(EXECUTIONS).await, 4, "{}", world.name);
        let (_, first) = client.get(&format!("{path}/ticks?limit=3")).await;
        let items = first["data"]["items"].as_array().unwrap();
        assert!(items.iter().all(|tick| tick["outcome"] == "backfilled"), "{first}");
        assert_eq!(preview["data"]["last"], items[0]["due_at"]);
        assert_eq!(preview["data"]["first"], items[2]["due_at"]);
        let cursor = first["data"]["next_cursor"].as_str().unwrap();
        let (_, rest) = client.get(&format!("{path}/ticks?limit=3&cursor={cursor}")).await;
        assert_eq!(rest["data"]["items"][0]["outcome"], "ran", "{rest}");
        let later = world.ambient.now().plus(hour);
        for wrong in [json!({ "from": later, "to": from }), json!({ "from": from, "to": later })] {
            let (status, _) = client.post(&format!("{path}/backfill"), wrong).await;
            assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        }
        let stranger = Client::new(&world.module, world.ambient.uuid().to_string());
        for action in ["pause", "resume"] {
            let (status, _) = stranger.post(&format!("{path}/{action}"), json!({})).await;
            assert_eq!(status, StatusCode::NOT_FOUND);
        }
    }
}

#[tokio::test]
async fn a_calendar_shows_what_passed_and_everything_to_come_within_its_range() {
    for world in worlds().await {
        let client = Client::of(&world);
        let definition = world.define(&hourly("")).await;
        let (_, answer) = client.get(&format!("/workflow/definitions/{definition}/triggers")).await;
        let path =
            format!("/workflow/triggers/{}", answer["data"]["items"][0]["id"].as_str().unwrap());
        let hour = |count: u64| Duration::from_hours(count);
        let begin = world.ambient.now().seconds() / 3600 * 3600;
        let begin = Timestamp::from_micros((begin + 3600) * 1_000_000);
        world.clock.set(begin.plus(hour(1)).plus(Duration::from_secs(1)));
        fire_all(&world).await;
        let calendar = async |from: Timestamp, to: Timestamp| {
            let (status, answer) =
                client.get(&format!("{path}/calendar?from={from}&to={to}")).await;
            (status, answer["data"].clone())
        };
        let (status, week) = calendar(begin, begin.plus(hour(7 * 24))).await;
        assert_eq!(status, StatusCode::OK, "{week}");
        let outcomes: Vec<_> =
            week["ticks"].as_array().unwrap().iter().map(|tick| &tick["outcome"]).collect();
        assert_eq!(outcomes, ["coalesced", "ran"], "{week}");
        let due = week["due"].as_array().unwrap();
        assert_eq!(due.len(), 7 * 24 - 1, "both ends are of the range");
        assert_eq!(due[0], json!(begin.plus(hour(2))));
        assert_eq!(week["whole"], json!(true));
        let (_, month) = calendar(begin, begin.plus(hour(42 * 24))).await;
        assert_eq!(month["due"].as_array().unwrap().len(), 1000, "no more than so many are told");
        assert_eq!(month["whole"], json!(false));
        let (_, far) = calendar(begin.plus(hour(50)), begin.plus(hour(52))).await;
        assert_eq!((far["due"].as_array().unwrap().len(), &far["ticks"]), (3, &json!([])));
        for (from, to) in [(begin.plus(hour(1)), begin), (begin, begin.plus(hour(43 * 24)))] {
            assert_eq!(calendar(from, to).await.0, StatusCode::UNPROCESSABLE_ENTITY);
        }
        client.post(&format!("{path}/pause"), json!({})).await;
        let (_, paused) = calendar(begin, begin.plus(hour(24))).await;
        assert_eq!(paused["due"], json!([]), "nothing comes of what is paused");
    }
}

#[tokio::test]
async fn the_calendar_of_all_triggers_says_what_each_by_itself_says() {
    for world in worlds().await {
        let client = Client::of(&world);
        for name in ["one", "two", "three"] {
            world.define(&hourly("").replacen("hourly", name, 1)).await;
            world.clock.advance(Duration::from_secs(1));
        }
        let hour = |count: u64| Duration::from_hours(count);
        let begin = world.ambient.now();
        world.clock.set(begin.plus(hour(3)));
        fire_all(&world).await;
        let range = format!("from={begin}&to={}", begin.plus(hour(24)));
        let path = format!("/workflow/triggers/calendar?{range}");
        let (status, first) = client.get(&format!("{path}&limit=2")).await;
        assert_eq!(status, StatusCode::OK, "{first}");
        let cursor = first["data"]["next_cursor"].as_str().expect("one is left");
        let (_, rest) = client.get(&format!("{path}&limit=2&cursor={cursor}")).await;
        let pages = [&first, &rest].map(|page| page["data"]["items"].as_array().unwrap().clone());
        assert_eq!(
            (pages[0].len(), pages[1].len(), &rest["data"]["next_cursor"]),
            (2, 1, &json!(null))
        );
        let items = pages.concat();
        assert_eq!(items.iter().filter(|item| item["calendar"]["ticks"] == json!([])).count(), 0);
        for item in items {
            let id = item["trigger"]["id"].as_str().unwrap();
            let (_, alone) = client.get(&format!("/workflow/triggers/{id}/calendar?{range}")).await;
            assert_eq!(item["calendar"], alone["data"], "{}", world.name);
        }
        let stranger = Client::new(&world.module, world.ambient.uuid().to_string());
        let (_, others) = stranger.get(&path).await;
        assert_eq!(others["data"], json!({ "items": [], "next_cursor": null }));
        let (backwards, _) = client
            .get(&format!("/workflow/triggers/calendar?from={begin}&to={}", begin.minus(hour(1))))
            .await;
        assert_eq!(backwards, StatusCode::UNPROCESSABLE_ENTITY);
    }
}
