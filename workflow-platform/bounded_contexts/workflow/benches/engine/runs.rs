//! Runs of ten steps, one after the other, sixty-four in flight.

use std::time::{Duration, Instant};

use futures::{StreamExt as _, stream};
use sea_orm::ConnectionTrait as _;
use testkit::report::percentile;
use workflow::domain::execution::Status;

use crate::place::Place;

const STEPS: usize = 10;
/// Runs of one measurement.
const RUNS: usize = 3000;
const IN_FLIGHT: usize = 64;

/// What one measurement gave.
pub struct Measured {
    /// Steps per second.
    pub rate: f64,
    /// Of a whole run, in milliseconds.
    pub p50: f64,
    pub p99: f64,
}

impl Measured {
    fn of(runs: usize, took: Duration, mut millis: Vec<f64>) -> Self {
        Self {
            rate: (runs * STEPS) as f64 / took.as_secs_f64(),
            p50: percentile(&mut millis, 50),
            p99: percentile(&mut millis, 99),
        }
    }
}

/// A workflow of `steps` steps, each needing the one before.
pub fn chain(name: &str, steps: usize) -> String {
    let mut source = format!("name: {name}\nsteps:\n");
    for step in 1..=steps {
        source.push_str(&format!("  - id: s{step}\n    uses: bench.step\n"));
        source.push_str(&format!("    with: {{ number: {step} }}\n"));
        if step > 1 {
            source.push_str(&format!("    needs: [s{}]\n", step - 1));
        }
    }
    source
}

/// Runs that stand in the queue are driven by one worker, so many at a time.
pub async fn queued(place: &Place) -> Measured {
    let definition = place.define(chain("queued", STEPS)).await;
    place.start_many(definition, RUNS).await;
    let begun = Instant::now();
    let worker = place.worker(IN_FLIGHT);
    let open = "SELECT count(*) FROM (SELECT 1 FROM workflow_executions \
                WHERE finished_at IS NULL LIMIT 1) AS open";
    while place.number(open).await > 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let took = begun.elapsed();
    worker.stop().await;
    let millis = lasted(place).await;
    place.clear().await;
    Measured::of(RUNS, took, millis)
}

/// From claim to end, of all runs, in milliseconds.
async fn lasted(place: &Place) -> Vec<f64> {
    let sql = "SELECT finished_at - started_at FROM workflow_executions WHERE status = 'succeeded'";
    let rows = place.database.read().query_all_raw(place.database.statement(sql, [])).await;
    let rows = rows.unwrap();
    assert_eq!(rows.len(), RUNS, "all runs succeeded");
    rows.iter().map(|row| row.try_get_by_index::<i64>(0).unwrap() as f64 / 1000.0).collect()
}

/// So many callers start a run and wait until they are told its end, again and again.
pub async fn started_and_awaited(place: &Place, callers: usize) -> Measured {
    let definition = place.define(chain("awaited", STEPS)).await;
    let worker = place.own_worker();
    let begun = Instant::now();
    let one = |_| async move {
        let called = Instant::now();
        let id = place.start(definition).await;
        let end = place.module.executions().end_of(place.owner, id).await.unwrap();
        assert_eq!(end.status(), Status::Succeeded, "the run {id}");
        called.elapsed().as_secs_f64() * 1000.0
    };
    let millis: Vec<f64> = stream::iter(0..RUNS).map(one).buffer_unordered(callers).collect().await;
    let took = begun.elapsed();
    worker.stop().await;
    place.clear().await;
    Measured::of(RUNS, took, millis)
}
