//! What is kept of executions that ended, and that nothing of the rest is left.

use std::{path::Path, sync::atomic::Ordering, time::Duration};

use serde_json::json;
use shared_kernel::{
    domain::{Execution, Id},
    infrastructure::db::Backend,
};
use workflow::domain::execution::Status;

use crate::{
    routes::Client,
    support::{World, quick, worlds},
};

const DAY: Duration = Duration::from_hours(24);

/// Leaves something in every table, and in the blob store.
const FULL: &str = r#"
name: full
triggers: [{interval: 1h}]
params: {properties: {kb: {type: integer, default: 100}}}
steps:
  - id: big
    uses: script.javascript
    with:
      code: "console.log('written'); return 'x'.repeat(input * 1024)"
      input: "${{ params.kb }}"
"#;

async fn files(folder: &Path) -> usize {
    let mut found = 0;
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        let mut entries = tokio::fs::read_dir(&folder).await.unwrap();
        while let Some(entry) = entries.next_entry().await.unwrap() {
            if entry.file_type().await.unwrap().is_dir() {
                open.push(entry.path());
            } else if entry.file_name().len() == 64 {
                found += 1;
            }
        }
    }
    found
}

async fn labelled(world: &World, definition: uuid::Uuid) -> Id<Execution> {
    let body = json!({ "definition_id": definition, "labels": { "batch": "one" } });
    let (_, answer) = Client::of(world).post("/workflow/executions", body).await;
    answer["data"]["id"].as_str().unwrap().parse().unwrap()
}

#[tokio::test]
async fn what_is_older_than_the_plan_keeps_goes_with_all_that_belongs_to_it() {
    for world in worlds().await {
        let worker = world.worker(quick());
        let waiting = world.run("name: waits\nsteps: [{id: a, uses: wait.signal}]").await;
        world.until(waiting, Status::Waiting).await;
        let definition = world.define(FULL).await;
        let id = labelled(&world, definition).await;
        world.until(id, Status::Succeeded).await;
        world.clock.advance(Duration::from_hours(1));
        world.module.triggers().fire_next().await.unwrap();
        let ticked = "SELECT count(*) FROM workflow_executions WHERE status = 'succeeded'";
        while world.number(ticked).await < 2 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        worker.stop().await;
        assert_eq!(files(world.folder.path()).await, 2, "{}", world.name);
        world.plan.days.store(7, Ordering::SeqCst);
        world.clock.advance(DAY * 6);
        assert_eq!(world.module.retention().lap().await.unwrap().forgotten, 0);
        world.clock.advance(DAY + Duration::from_secs(1));
        let swept = world.module.retention().lap().await.unwrap();
        assert_eq!((swept.seen, swept.forgotten), (3, 2), "{}", world.name);
        for table in ["execution_events", "execution_logs", "workflow_ticks", "execution_labels"] {
            let of_others = format!(
                "SELECT count(*) FROM {table} WHERE execution_id NOT IN \
                 (SELECT id FROM workflow_executions)"
            );
            assert_eq!(world.number(&of_others).await, 0, "{table}");
        }
        for table in ["execution_labels", "workflow_ticks", "workflow_blob_garbage"] {
            let left = format!("SELECT count(*) FROM {table}");
            assert_eq!(world.number(&left).await, 0, "{table}");
        }
        assert_eq!(files(world.folder.path()).await, 0);
        assert_eq!(world.show(waiting).await.row.status, Status::Waiting);
    }
}

#[tokio::test]
async fn the_newest_that_fit_into_the_bytes_of_the_plan_are_kept() {
    for world in worlds().await {
        let worker = world.worker(quick());
        let definition = world.define(FULL).await;
        let mut ids = Vec::new();
        for _ in 0..4 {
            let id = world.start(definition).await;
            world.until(id, Status::Succeeded).await;
            world.clock.advance(Duration::from_secs(1));
            ids.push(id);
        }
        worker.stop().await;
        world.plan.bytes.store(250 * 1024, Ordering::SeqCst);
        assert_eq!(world.module.retention().lap().await.unwrap().forgotten, 0, "they are fresh");
        world.clock.advance(Duration::from_hours(2));
        assert_eq!(world.module.retention().lap().await.unwrap().forgotten, 2, "{}", world.name);
        for (id, expected) in ids.iter().zip([false, false, true, true]) {
            let path = format!("/workflow/executions/{id}");
            let (status, _) = Client::of(&world).get(&path).await;
            assert_eq!(status.is_success(), expected, "{} {id}", world.name);
        }
        assert_eq!(files(world.folder.path()).await, 2);
        assert_eq!(world.module.retention().lap().await.unwrap().forgotten, 0);
    }
}

#[tokio::test]
async fn the_bytes_of_an_execution_are_those_of_its_journal() {
    for world in worlds().await {
        let worker = world.worker(quick());
        let source = "
name: sized
params: {properties: {text: {default: some text}}}
steps:
  - {id: items, uses: test.count, for_each: [1, 2, 3], with: {to: 2}}
  - {id: pause, uses: wait.for, with: {duration: 1h}}
  - {id: end, uses: test.echo, with: {all: \"${{ steps.items.outputs }}\"}}
outputs: {all: \"${{ steps.end.output }}\"}";
        let id = world.run(source).await;
        world.until(id, Status::Waiting).await;
        world.clock.advance(Duration::from_hours(2));
        world.until(id, Status::Succeeded).await;
        worker.stop().await;
        let length = match world.database.backend() {
            Backend::Postgres => "octet_length(payload)",
            Backend::Sqlite => "length(CAST(payload AS blob))",
        };
        let journal = format!("SELECT CAST(SUM({length}) AS bigint) FROM execution_events");
        let journal = world.number(&journal).await;
        let counted = world.number("SELECT bytes FROM workflow_executions").await;
        assert_eq!(counted, journal, "{}", world.name);
    }
}

#[tokio::test]
async fn one_process_laps_and_the_others_leave_it_alone() {
    for world in worlds().await {
        let retention = world.module.retention();
        let every = Duration::from_hours(1);
        let (one, other) =
            tokio::join!(retention.lap_when_due(every), retention.lap_when_due(every));
        let laps = [one.unwrap(), other.unwrap()];
        assert_eq!(laps.iter().flatten().count(), 1, "{}", world.name);
        assert_eq!(retention.lap_when_due(every).await.unwrap(), None);
        world.clock.advance(every);
        assert!(retention.lap_when_due(every).await.unwrap().is_some());
    }
}

const PARTITIONS: &str = "SELECT count(*) FROM pg_inherits \
     WHERE inhparent = 'execution_events'::regclass";

#[tokio::test]
async fn space_that_history_took_is_given_back() {
    for world in worlds().await {
        let worker = world.worker(quick());
        let is_postgres = world.database.backend() == Backend::Postgres;
        // Ahead of the month in which the tables were made.
        world.clock.advance(DAY * 400);
        world.module.retention().lap().await.unwrap();
        let before = if is_postgres { world.number(PARTITIONS).await } else { 0 };
        let definition = world.define(FULL).await;
        for _ in 0..5 {
            let wanted = json!({ "definition_id": definition, "params": { "kb": 40 } });
            let (_, answer) = Client::of(&world).post("/workflow/executions", wanted).await;
            let id = answer["data"]["id"].as_str().unwrap().parse().unwrap();
            world.until(id, Status::Succeeded).await;
        }
        worker.stop().await;
        let size = "SELECT page_count FROM pragma_page_count";
        let full = if is_postgres { 0 } else { world.number(size).await };
        world.plan.days.store(1, Ordering::SeqCst);
        world.clock.advance(DAY * 40);
        assert_eq!(world.module.retention().lap().await.unwrap().forgotten, 5, "{}", world.name);
        if is_postgres {
            // Two months are over and two have come, and the empty ones are gone.
            let after = world.number(PARTITIONS).await;
            assert!((before - 1..=before + 1).contains(&after), "{before} {after}");
            let other = "SELECT count(*) FROM execution_events_other";
            assert_eq!(world.number(other).await, 0, "all had partitions of their own");
        } else {
            let left = world.number(size).await;
            assert!(full - left >= 40, "{full} pages, and {left} after");
            assert_eq!(world.number("SELECT freelist_count FROM pragma_freelist_count").await, 0);
        }
    }
}
