//! One step over many items.

use std::time::{Duration, Instant};

use serde_json::json;
use testkit::report::Report;

use crate::place::Place;

const FEW: usize = 1000;
const MANY: usize = 10_000;

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
