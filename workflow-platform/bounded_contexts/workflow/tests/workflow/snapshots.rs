//! Long journals need not be folded from their start.

use std::{sync::Arc, time::Duration};

use sea_orm::ConnectionTrait as _;
use serde_json::{Value, json};
use shared_kernel::{
    domain::{Execution, Id},
    infrastructure::blob_folder::BlobFolder,
};
use workflow::{
    WorkerSettings,
    domain::execution::Status,
    infrastructure::{
        journal::SnapshotStore,
        queue::{Queue, WorkerWatch},
    },
};

use crate::{
    routes::Client,
    support::{World, eventually, quick, worlds},
};

fn often() -> WorkerSettings {
    WorkerSettings { snapshot_every: 20, ..quick() }
}

/// So many items, and then somebody is asked.
fn source(items: u32, with: &Value) -> String {
    let list: Vec<u32> = (0..items).collect();
    json!({
        "name": "long",
        "steps": [
            { "id": "all", "uses": "test.echo", "for_each": list, "max_parallel": 2, "with": with },
            { "id": "ask", "uses": "wait.signal" },
        ],
        "outputs": { "count": "${{ size(steps.all.outputs) }}" },
    })
    .to_string()
}

/// Runs until it asks; at least one snapshot was taken by then.
async fn run_until_it_asks(world: &World, source: &str) -> Id<Execution> {
    let worker = world.worker(often());
    let id = world.run(source).await;
    eventually("a snapshot", async || (reach(world).await > 0).then_some(())).await;
    world.until(id, Status::Waiting).await;
    worker.stop().await;
    id
}

async fn reach(world: &World) -> i64 {
    world.number("SELECT COALESCE(MAX(seq), 0) FROM execution_snapshots").await
}

async fn tell(world: &World, sql: &str) {
    world.database.write().execute_unprepared(sql).await.unwrap();
}

async fn answer(world: &World, id: Id<Execution>) {
    let path = format!("/workflow/executions/{id}/signal");
    let (status, body) = Client::of(world).post(&path, json!({ "step": "ask" })).await;
    assert_eq!(status, 202, "{body}");
}

/// A worker who never saw the execution goes on with it.
async fn go_on(world: &World) {
    let worker = world.worker(often());
    let done = "SELECT count(*) FROM workflow_executions WHERE status = 'succeeded'";
    eventually("success", async || (world.number(done).await == 1).then_some(())).await;
    worker.stop().await;
}

#[tokio::test]
async fn whoever_takes_over_reads_the_events_after_the_snapshot_only() {
    for world in worlds().await {
        let id = run_until_it_asks(&world, &source(100, &json!({ "n": "${{ item }}" }))).await;
        answer(&world, id).await;
        let unreadable = "UPDATE execution_events SET kind = 'step.dreamt' WHERE seq = 5";
        tell(&world, unreadable).await;
        go_on(&world).await;
        let outputs = "SELECT count(*) FROM execution_events WHERE kind = 'execution.finished' \
                       AND payload LIKE '%\"count\":100%'";
        assert_eq!(world.number(outputs).await, 1, "on {}", world.name);
    }
}

#[tokio::test]
async fn a_snapshot_that_cannot_be_read_is_passed_over() {
    for spoil in ["version = 99", "body = NULL", "body = $1"] {
        for world in worlds().await {
            let id = run_until_it_asks(&world, &source(60, &json!({}))).await;
            let sql = format!("UPDATE execution_snapshots SET {spoil}");
            let value = spoil.contains('$').then(|| b"{\"steps\":".to_vec().into());
            let statement = world.database.statement(sql, value);
            world.database.write().execute_raw(statement).await.unwrap();
            answer(&world, id).await;
            go_on(&world).await;
            assert_eq!(world.show(id).await.view.outputs, json!({ "count": 60 }), "{spoil}");
        }
    }
}

#[tokio::test]
async fn a_killed_worker_leaves_snapshots_that_others_go_on_from() {
    for world in worlds().await {
        let id = world.run(&source(150, &json!({}))).await;
        for _ in 0..5 {
            let worker = world.worker(WorkerSettings { sole: true, ..often() });
            tokio::time::sleep(Duration::from_millis(70)).await;
            worker.kill().await;
        }
        let worker = world.worker(WorkerSettings { sole: true, ..often() });
        world.until(id, Status::Waiting).await;
        worker.stop().await;
        answer(&world, id).await;
        go_on(&world).await;
        assert_eq!(world.show(id).await.view.outputs, json!({ "count": 150 }), "{}", world.name);
        let succeeded = "SELECT count(*) FROM execution_events WHERE kind = 'step.succeeded'";
        assert_eq!(world.number(succeeded).await, 151, "on {}", world.name);
    }
}

#[tokio::test]
async fn a_large_state_lies_in_the_blob_store_and_goes_with_its_execution() {
    for world in worlds().await {
        // Hashes do not compress well.
        let wide: String =
            (0..400_u32).map(|n| blake3::hash(&n.to_le_bytes()).to_hex().to_string()).collect();
        let id = run_until_it_asks(&world, &source(120, &json!({ "text": wide }))).await;
        let store = BlobFolder::new(world.folder.path());
        let store = SnapshotStore::new(world.database.clone(), Arc::new(store));
        let state = store.newest(id).await.unwrap().unwrap().state;
        assert!(state.len() > 100_000, "{}", state.len());
        assert_eq!(
            world.number("SELECT count(*) FROM execution_snapshots WHERE blob IS NULL").await,
            0
        );
        answer(&world, id).await;
        go_on(&world).await;
        world.plan.days.store(0, std::sync::atomic::Ordering::SeqCst);
        world.clock.advance(Duration::from_hours(48));
        world.module.retention().lap().await.unwrap();
        for table in ["execution_snapshots", "workflow_blob_garbage"] {
            let left = world.number(&format!("SELECT count(*) FROM {table}")).await;
            assert_eq!(left, 0, "{table} on {}", world.name);
        }
        assert!(store.newest(id).await.unwrap().is_none());
    }
}

#[tokio::test]
async fn a_worker_that_lost_its_lease_keeps_no_snapshot() {
    for world in worlds().await {
        let id = world.run("{name: one, steps: [{id: one, uses: test.echo, with: {}}]}").await;
        let (now, worker) = (world.ambient.now(), world.ambient.uuid());
        WorkerWatch::register(world.database.clone(), worker, "one", now).await.unwrap();
        let claimed = Queue::new(world.database.clone()).claim(worker, 10, now).await.unwrap()[0];
        let store = BlobFolder::new(world.folder.path());
        let store = SnapshotStore::new(world.database.clone(), Arc::new(store));
        let keep = async |seq| {
            let group = world.ambient.uuid();
            store.keep(&claimed, worker, seq, b"{}".to_vec(), group, now).await.unwrap()
        };
        assert!(keep(1).await, "on {}", world.name);
        tell(&world, "UPDATE workflow_executions SET epoch = epoch + 1").await;
        assert!(!keep(2).await, "on {}", world.name);
        assert_eq!(store.newest(id).await.unwrap().unwrap().seq, 1);
    }
}
