//! The same history on both databases: equal journals, equal projections.

use std::time::Duration;

use rand::{RngExt as _, SeedableRng as _, rngs::StdRng};
use regex::Regex;
use sea_orm::ConnectionTrait as _;
use serde_json::{Value, json};
use shared_kernel::domain::{Execution, Id};

use crate::support::{World, eventually, quick, worlds};

/// Definitions of one run of the test.
const DEFINITIONS: u64 = 12;

/// Steps one after the other, so that there is one order of events.
fn definition(random: &mut StdRng, number: u64) -> Value {
    let count = random.random_range(1..6);
    let steps: Vec<Value> = (0..count).map(|step| self::step(random, step)).collect();
    let mut model = json!({
        "name": format!("alike-{number}"),
        "steps": steps,
        "finally": [{ "id": "last", "uses": "test.echo", "with": { "n": number } }],
    });
    if random.random_bool(0.3) {
        model["on_failure"] = json!([{ "id": "told", "uses": "test.echo", "with": {} }]);
    }
    model
}

fn step(random: &mut StdRng, number: u32) -> Value {
    let kinds = ["test.echo", "test.echo", "test.fail", "test.flaky", "wait.for", "wait.signal"];
    let kind = kinds[random.random_range(0..kinds.len())];
    let mut step = json!({
        "id": format!("s{number}"),
        "uses": kind,
        "with": match kind {
            "wait.for" => json!({ "duration": "20s" }),
            "wait.signal" => json!({ "timeout": "30s" }),
            _ => json!({ "text": "文 'quoted' \"double\" \\ and a line\nmore", "n": number }),
        },
        "retry": { "max_attempts": random.random_range(1..3), "initial": "3s", "jitter": false },
        "on_error": if random.random_bool(0.6) { "continue" } else { "fail" },
    });
    if random.random_bool(0.3) {
        step["for_each"] = json!([1, "two", null]);
        step["spread"] = json!(kind.starts_with("test.") && random.random_bool(0.5));
    }
    if random.random_bool(0.2) {
        step["if"] = json!(false);
    }
    step
}

/// Runs it to its end while the clock goes on.
async fn play(world: &World, source: &Value) -> Id<Execution> {
    let id = world.run(&source.to_string()).await;
    eventually(&format!("the end of {source} on {}", world.name), async || {
        world.clock.advance(Duration::from_secs(1));
        world.show(id).await.row.status.is_final().then_some(())
    })
    .await;
    id
}

/// Kinds and bodies in order, without ids and times, which differ from run to run.
async fn journal(world: &World, id: Id<Execution>) -> Vec<(String, String)> {
    let changing = Regex::new(
        r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|\d{4}-\d\d-\d\dT[0-9:.]+Z",
    );
    let changing = changing.unwrap();
    let sql = "SELECT kind, payload FROM execution_events WHERE execution_id = $1 \
               AND kind <> 'step.started' ORDER BY seq";
    let statement = world.database.statement(sql, [id.into()]);
    let rows = world.database.read().query_all_raw(statement).await.unwrap();
    let row = |row: &sea_orm::QueryResult| {
        let (kind, body): (String, String) =
            (row.try_get_by_index(0).unwrap(), row.try_get_by_index(1).unwrap());
        let mut body: Value = serde_json::from_str(&body).unwrap();
        // Told along with `step.started` when an attempt was slow enough to be announced.
        body.as_object_mut().unwrap().remove("input");
        (kind, changing.replace_all(&body.to_string(), "*").into_owned())
    };
    let (mut events, ends): (Vec<_>, Vec<_>) =
        rows.iter().map(row).partition(|(kind, _)| kind != "child.ended");
    // Another execution may end before its parent has written down that it waits for it.
    events.extend(ends);
    events
}

/// What lists show of it.
async fn projection(world: &World, id: Id<Execution>) -> Value {
    let row = world.show(id).await.row;
    json!({
        "status": row.status,
        "error": row.error,
        "version": row.version,
        "started": row.started_at.is_some(),
        "finished": row.finished_at.is_some(),
        "leased": row.leased,
        "wakes": row.wake_at,
        "cancel": row.cancel_requested,
    })
}

#[tokio::test]
async fn random_histories_give_equal_journals_and_projections() {
    let worlds = worlds().await;
    let Some((first, others)) = worlds.split_first() else { panic!("a database") };
    let mut workers = Vec::new();
    for world in &worlds {
        world.seen.failures.store(1, std::sync::atomic::Ordering::SeqCst);
        workers.push(world.worker(quick()));
    }
    let mut random = StdRng::seed_from_u64(20_261_123);
    for number in 0..DEFINITIONS {
        let source = definition(&mut random, number);
        let id = play(first, &source).await;
        let expected = (journal(first, id).await, projection(first, id).await);
        assert!(expected.0.len() > 2, "{source}");
        for other in others {
            let id = play(other, &source).await;
            let found = (journal(other, id).await, projection(other, id).await);
            assert_eq!(found, expected, "{} and {} of {source}", other.name, first.name);
        }
    }
    for worker in workers {
        worker.stop().await;
    }
}
