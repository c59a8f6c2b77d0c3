//! One step over many items.

use std::time::{Duration, Instant};

use serde_json::json;
use testkit::report::Report;

use crate::place::Place;

const FEW: usize = 1000;
const MANY: usize = 10_000;
/// Events at which a worker hands over.
const HANDED_OVER_AT: i64 = 9_000;

const SOURCE: &str = "name: items
params:
  properties:
    list: { type: array }
steps:
  - id: all
    uses: bench.step
    for_each: ${{ params.list }}
    max_parallel: 100
    with: { number: '${{ item }}' }
";

pub async fn measure(place: &Place, report: &mut Report) {
    let few = seconds(place, FEW).await;
    let many = seconds(place, MANY).await;
    report.line("10,000 items of one step", MANY as f64 / many, "items/s", "");
    let ratio = (many / MANY as f64) / (few / FEW as f64);
    report.line("  an item of 10,000 beside one of 1,000", ratio, "ratio", "1 is linear");
    taken_over(place, report).await;
}

/// A worker stops when nine tenths are done, and another one goes on.
async fn taken_over(place: &Place, report: &mut Report) {
    let definition = place.define(SOURCE.to_owned()).await;
    let worker = place.worker(64);
    let list: Vec<_> = (0..MANY).collect();
    place.start_with(definition, json!({ "list": list })).await;
    let events = "SELECT COALESCE(MAX(seq), 0) FROM execution_events";
    while place.number(events).await < HANDED_OVER_AT {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    worker.stop().await;
    let journal = place.number(events).await;
    let kept = place.number("SELECT COALESCE(MAX(seq), 0) FROM execution_snapshots").await;
    let begun = Instant::now();
    let worker = place.worker(64);
    while place.number(events).await == journal {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    let millis = begun.elapsed().as_secs_f64() * 1000.0;
    worker.stop().await;
    place.clear().await;
    report.line(
        "taken over after 9,000 items: events folded",
        (journal - kept) as f64,
        "events",
        "",
    );
    report.line("  from the start of the worker to its first event", millis, "ms", "");
}

async fn seconds(place: &Place, items: usize) -> f64 {
    let definition = place.define(SOURCE.to_owned()).await;
    let worker = place.worker(64);
    let begun = Instant::now();
    let list: Vec<_> = (0..items).collect();
    place.start_with(definition, json!({ "list": list })).await;
    let done = "SELECT count(*) FROM workflow_executions WHERE status = 'succeeded'";
    while place.number(done).await == 0 {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    let took = begun.elapsed().as_secs_f64();
    worker.stop().await;
    place.clear().await;
    took
}
