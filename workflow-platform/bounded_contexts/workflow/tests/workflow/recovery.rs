//! Whatever dies, executions finish.

use std::{sync::atomic::Ordering, time::Duration};

use sea_orm::ConnectionTrait as _;
use serde_json::json;
use shared_kernel::domain::{Execution, Id};
use workflow::{
    WorkerSettings,
    domain::execution::Status,
    infrastructure::{
        announce::Announcer,
        journal::{Append, AppendError, JournalWriter},
        queue::{Beat, Queue, WorkerWatch},
    },
};

use crate::support::{World, eventually, quick, worlds};

const WORK: &str = "
name: work
steps:
  - id: list
    uses: test.echo
    with: {numbers: [1, 2, 3, 4, 5, 6]}
  - id: each
    uses: test.slow
    for_each: \"${{ steps.list.output.numbers }}\"
    max_parallel: 2
    with: {millis: 15, n: \"${{ item }}\"}
  - id: rest
    uses: wait.for
    with: {duration: 20ms}
  - id: sum
    uses: test.echo
    with: {n: \"${{ steps.each.outputs.map(o, o.n) }}\"}
";

const WORK_AT_ONCE: &str = "name: once\nsteps: [{id: one, uses: test.echo, with: {n: 1}}]\n";

/// Nothing succeeded twice, and the journal has no gap.
async fn check(world: &World, id: Id<Execution>) {
    let twice = "SELECT count(*) FROM (SELECT payload FROM execution_events \
                 WHERE kind = 'step.expanded' OR kind = 'execution.finished' \
                 GROUP BY execution_id, kind, payload HAVING count(*) > 1) t";
    assert_eq!(world.number(twice).await, 0, "{}", world.name);
    let succeeded = "SELECT count(*) FROM execution_events WHERE kind = 'step.succeeded'";
    assert_eq!(world.number(succeeded).await, 9, "{}: {:?}", world.name, world.kinds(id).await);
    let gaps = "SELECT max(seq) - count(*) FROM execution_events";
    assert_eq!(world.number(gaps).await, 0, "{}", world.name);
}

#[tokio::test]
async fn an_execution_whose_driver_breaks_off_goes_on_in_the_same_worker() {
    for world in worlds().await {
        world.seen.broken_profiles.store(2, Ordering::SeqCst);
        let id = world.run(WORK_AT_ONCE).await;
        let worker = world.worker(quick());
        let ended = world.ended(id).await;
        assert_eq!(ended.row.status, Status::Succeeded, "{}: {:?}", world.name, ended.row);
        assert_eq!(world.seen.broken_profiles.load(Ordering::SeqCst), 0, "it broke off twice");
        worker.stop().await;
    }
}

/// A process alone on its database, which takes over at once whatever was left.
fn sole() -> WorkerSettings {
    WorkerSettings { sole: true, ..quick() }
}

#[tokio::test]
async fn a_run_goes_on_after_a_kill_at_any_moment() {
    for world in worlds().await {
        let id = world.run(WORK).await;
        for millis in [2, 5, 10, 15, 20, 25, 30, 35, 40, 50, 60, 80] {
            let worker = world.worker(sole());
            tokio::time::sleep(Duration::from_millis(millis)).await;
            worker.kill().await;
        }
        // The clock of the tests stands: the timer needs it moved.
        let worker = world.worker(sole());
        eventually("the end", async || {
            world.clock.advance(Duration::from_millis(10));
            world.show(id).await.row.status.is_final().then_some(())
        })
        .await;
        let details = world.ended(id).await;
        assert_eq!(details.row.status, Status::Succeeded, "{:?}", details.row);
        assert_eq!(details.view.steps[3].output, Some(json!({ "n": [1, 2, 3, 4, 5, 6] })));
        check(&world, id).await;
        worker.stop().await;
    }
}

#[tokio::test]
async fn another_worker_takes_over_from_a_silent_one() {
    for world in worlds().await {
        let source = "{name: hangs, steps: [{id: hang, uses: test.hang, with: {}}]}";
        let id = world.run(source).await;
        let first = world.worker(quick());
        eventually("the first run", async || (world.seen.count("hang") == 1).then_some(())).await;
        let second = world.worker(quick());
        tokio::time::sleep(Duration::from_millis(300)).await;
        assert_eq!(world.seen.count("hang"), 1, "a living worker keeps its lease");
        first.kill().await;
        eventually("the second run", async || (world.seen.count("hang") == 2).then_some(())).await;
        let keys: Vec<_> =
            world.seen.runs.lock().iter().map(|run| (run.2, run.3.clone())).collect();
        assert_eq!(keys[0], keys[1], "the same attempt with the same key");
        world.module.executions().cancel(&world.principal(), id).await.unwrap();
        assert_eq!(world.ended(id).await.row.status, Status::Cancelled);
        second.stop().await;
    }
}

#[tokio::test]
async fn a_stopping_worker_hands_its_leases_back_at_once() {
    for world in worlds().await {
        let source = "{name: hangs, steps: [{id: hang, uses: test.hang, with: {}}]}";
        let id = world.run(source).await;
        let first = world.worker(quick());
        eventually("the first run", async || (world.seen.count("hang") == 1).then_some(())).await;
        first.stop().await;
        let row = world.show(id).await.row;
        assert!(!row.leased && row.status == Status::Running, "{row:?}");
        let slow = WorkerSettings { heartbeat_every: Duration::from_mins(1), ..quick() };
        let second = world.worker(slow);
        eventually("the second run", async || (world.seen.count("hang") == 2).then_some(())).await;
        second.stop().await;
    }
}

#[tokio::test]
async fn checkpoints_survive_the_process_that_made_them() {
    for world in worlds().await {
        let source = "{name: counts, steps: [{id: count, uses: test.count, with: {to: 40}}]}";
        let id = world.run(source).await;
        let first = world.worker(sole());
        let recorded = "SELECT count(*) FROM execution_events WHERE kind = 'step.recorded'";
        eventually("some checkpoints", async || (world.number(recorded).await >= 5).then_some(()))
            .await;
        first.kill().await;
        let second = world.worker(sole());
        let details = world.ended(id).await;
        let resumed =
            details.view.steps[0].output.as_ref().unwrap()["resumed_at"].as_u64().unwrap();
        assert!(resumed >= 5, "{}: {resumed}", world.name);
        second.stop().await;
    }
}

#[tokio::test]
async fn a_blob_store_that_is_away_holds_up_and_loses_nothing() {
    let source = "
name: large
steps:
  - {id: large, uses: script.javascript, with: {code: \"return 'x'.repeat(100000)\"}}
  - {id: then, uses: test.echo, with: {}}
";
    for world in worlds().await {
        let path = world.folder.path();
        std::fs::remove_dir_all(path).unwrap();
        std::fs::write(path, "in the way of the folder").unwrap();
        let worker = world.worker(quick());
        let id = world.run(source).await;
        let epoch = "SELECT epoch FROM workflow_executions";
        eventually("a second try", async || (world.number(epoch).await >= 2).then_some(())).await;
        assert_eq!(world.show(id).await.row.status, Status::Running);
        std::fs::remove_file(path).unwrap();
        std::fs::create_dir(path).unwrap();
        assert_eq!(world.ended(id).await.row.status, Status::Succeeded);
        worker.stop().await;
    }
}

#[tokio::test]
async fn a_worker_that_was_cut_off_can_write_nothing() {
    for world in worlds().await {
        let id = world.run("{name: one, steps: [{id: one, uses: test.echo, with: {}}]}").await;
        let now = world.ambient.now();
        let (old, new) = (world.ambient.uuid(), world.ambient.uuid());
        let database = world.database.clone();
        let queue = Queue::new(database.clone());
        let announcer = Announcer::start(std::sync::Arc::new(
            shared_kernel::infrastructure::local_bus::LocalBus::default(),
        ));
        let mut stale = WorkerWatch::register(database.clone(), old, "old", now).await.unwrap();
        let writer = JournalWriter::start(&database, old, &announcer);
        let claimed = queue.claim(old, 10, now).await.unwrap();
        assert_eq!(claimed.len(), 1);
        let append = |epoch, seq| Append {
            execution: id,
            epoch,
            first_seq: seq,
            events: Vec::new(),
            projection: None,
            outbox: Vec::new(),
            letters: Vec::new(),
            reply: None,
        };
        writer.append(append(claimed[0].epoch, 2)).await.unwrap();
        let mut live = WorkerWatch::register(database.clone(), new, "new", now).await.unwrap();
        for _ in 0..6 {
            assert!(matches!(live.beat(now).await.unwrap(), Beat::Alive { .. }));
        }
        let fenced = writer.append(append(claimed[0].epoch, 2)).await;
        assert!(matches!(fenced, Err(AppendError::Fenced)), "{}", world.name);
        assert_eq!(stale.beat(now).await.unwrap(), Beat::DeclaredDead);
        assert!(queue.claim(old, 10, now).await.unwrap().is_empty(), "the dead claim nothing");
        let again = queue.claim(new, 10, now).await.unwrap();
        assert_eq!(again[0].epoch, claimed[0].epoch + 1);
    }
}

#[tokio::test]
async fn a_lease_of_somebody_whom_nobody_knows_is_taken_over() {
    for world in worlds().await {
        let id = world.run(WORK).await;
        let forgotten = world.ambient.uuid();
        let sql = "UPDATE workflow_executions SET worker_id = $1, ready_at = NULL, epoch = 1, \
                   status = 'running', started_at = created_at";
        let statement = world.database.statement(sql, [forgotten.into()]);
        world.database.write().execute_raw(statement).await.unwrap();
        let worker = world.worker(quick());
        eventually("the end", async || {
            world.clock.advance(Duration::from_millis(10));
            world.show(id).await.row.status.is_final().then_some(())
        })
        .await;
        check(&world, id).await;
        worker.stop().await;
    }
}

/// SQLite has one process, and that one has one writing connection.
#[tokio::test]
async fn a_worker_frozen_within_a_transaction_holds_up_nobody() {
    for world in worlds().await.into_iter().filter(|world| world.name == "postgres") {
        let id = world.run(WORK).await;
        let frozen = world.connect(Duration::from_secs(1)).await;
        let (now, worker) = (world.ambient.now(), world.ambient.uuid());
        WorkerWatch::register(frozen.clone(), worker, "frozen", now).await.unwrap();
        assert_eq!(Queue::new(frozen.clone()).claim(worker, 10, now).await.unwrap().len(), 1);
        // What an append, a claim and an end hold.
        let transaction = frozen.begin().await.unwrap();
        for lock in [
            "SELECT id FROM workflow_workers FOR SHARE",
            "SELECT pg_advisory_xact_lock(7305809148231)",
            "UPDATE workflow_executions SET letters = letters",
        ] {
            transaction.conn().execute_unprepared(lock).await.unwrap();
        }
        let living = world.worker(quick());
        eventually("the end", async || {
            world.clock.advance(Duration::from_millis(10));
            world.show(id).await.row.status.is_final().then_some(())
        })
        .await;
        assert!(transaction.commit().await.is_err(), "what it held was taken from it");
        check(&world, id).await;
        living.stop().await;
    }
}

#[tokio::test]
async fn many_executions_end_under_a_rain_of_kills() {
    for world in worlds().await {
        let definition = world.define(WORK).await;
        let mut ids = Vec::new();
        for _ in 0..15 {
            ids.push(world.start(definition).await);
        }
        for millis in [30, 50, 70, 90] {
            let (one, two) = (world.worker(quick()), world.worker(quick()));
            tokio::time::sleep(Duration::from_millis(millis)).await;
            one.kill().await;
            world.clock.advance(Duration::from_millis(30));
            two.kill().await;
        }
        let worker = world.worker(sole());
        for id in ids {
            eventually("the end", async || {
                world.clock.advance(Duration::from_millis(10));
                world.show(id).await.row.status.is_final().then_some(())
            })
            .await;
            let details = world.ended(id).await;
            assert_eq!(details.view.steps[3].output, Some(json!({ "n": [1, 2, 3, 4, 5, 6] })));
        }
        let succeeded = "SELECT count(*) FROM execution_events WHERE kind = 'step.succeeded'";
        assert_eq!(world.number(succeeded).await, 15 * 9);
        let finished = "SELECT count(*) FROM outbox WHERE kind = 'execution.finished'";
        assert_eq!(world.number(finished).await, 15);
        worker.stop().await;
    }
}
