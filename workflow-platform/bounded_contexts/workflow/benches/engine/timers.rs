//! Many executions that wait for a time, and how soon some of them wake.

use std::{collections::HashMap, fs, time::Duration};

use sea_orm::ConnectionTrait as _;
use shared_kernel::{
    domain::{Execution, Id, Timestamp},
    infrastructure::db::Backend,
};
use testkit::report::{Report, percentile};
use uuid::Uuid;

use crate::place::Place;

/// Wait for an hour.
const PARKED: i64 = 100_000;
/// Wake while the others wait.
const WAKING: usize = 500;

const WAITING: &str =
    "name: waiting\nsteps:\n  - id: hour\n    uses: wait.for\n    with: { duration: 1h }\n";
const SOON: &str = "name: soon\nsteps:\n  - id: nap\n    uses: wait.for\n    with: { duration: 5s }\n  \
                    - id: tell\n    uses: bench.tell\n    needs: [nap]\n";

pub async fn measure(place: &Place, report: &mut Report) {
    let waiting = place.define(WAITING.to_owned()).await;
    let soon = place.define(SOON.to_owned()).await;
    let worker = place.worker(256);
    let original = place.start(waiting).await;
    parked(place, 1).await;
    let before = resident();
    copy(place, original, PARKED - 1).await;
    parked(place, PARKED).await;
    place.start_many(soon, WAKING).await;
    parked(place, PARKED + i64::try_from(WAKING).unwrap()).await;
    let per_timer = (resident() - before).max(0.0) * 1024.0 / PARKED as f64;
    let due = due_times(place, soon).await;
    let mut delays = Vec::with_capacity(WAKING);
    let mut told = place.told.lock().await;
    for _ in 0..WAKING {
        let (id, at) = told.recv().await.unwrap();
        delays.push((at.micros() - due[&id].micros()) as f64 / 1000.0);
    }
    worker.stop().await;
    place.clear().await;
    report.line("100,000 parked timers, memory each", per_timer, "bytes", "target under 1,024");
    report.line("  wake after due, p50 of 500", percentile(&mut delays, 50), "ms", "");
    report.line("  wake after due, p99 of 500", percentile(&mut delays, 99), "ms", "target 1,000");
}

/// Waits until so many executions are parked.
async fn parked(place: &Place, count: i64) {
    let sql = "SELECT count(*) FROM workflow_executions WHERE wake_at IS NOT NULL";
    while place.number(sql).await < count {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// As many executions more in the state of the first, each with its journal.
async fn copy(place: &Place, original: Id<Execution>, count: i64) {
    place.copy(original, place.owner, count).await;
    let sql = "INSERT INTO execution_events (execution_id, seq, kind, payload, blob, at) \
               SELECT e.id, o.seq, o.kind, o.payload, o.blob, o.at \
               FROM workflow_executions e JOIN execution_events o ON o.execution_id = $1 \
               WHERE e.id <> $1 AND e.wake_at IS NOT NULL";
    let statement = place.database.statement(sql, [original.into()]);
    place.database.write().execute_raw(statement).await.unwrap();
    if place.database.backend() == Backend::Postgres {
        place.execute("ANALYZE").await;
    }
}

async fn due_times(place: &Place, definition: Uuid) -> HashMap<Id<Execution>, Timestamp> {
    let sql = "SELECT id, wake_at FROM workflow_executions WHERE definition_id = $1";
    let statement = place.database.statement(sql, [definition.into()]);
    let rows = place.database.read().query_all_raw(statement).await.unwrap();
    let row = |row: &sea_orm::QueryResult| {
        let id: Uuid = row.try_get_by_index(0).unwrap();
        (Id::from(id), Timestamp::from_micros(row.try_get_by_index(1).unwrap()))
    };
    rows.iter().map(row).collect()
}

/// Of this process, in KiB.
fn resident() -> f64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}
