//! What an execution does.

use std::{sync::atomic::Ordering, time::Duration};

use futures::StreamExt as _;
use serde_json::json;
use shared_kernel::domain::{Owner, PageRequest};
use workflow::application::executions::LogFilter;
use workflow::{
    ExecutionsError, StartExecution, Update,
    domain::execution::{Status, StepStatus},
};

use crate::support::{eventually, principal, quick, worlds};

const CHAIN: &str = "
name: chain
params:
  properties: {n: {type: integer, default: 2, maximum: 5}}
steps:
  - id: one
    uses: test.echo
    with: {n: \"${{ params.n }}\", mail: \"${{ user.email }}\"}
  - id: two
    uses: test.echo
    with: {double: \"${{ steps.one.output.n * 2 }}\"}
  - id: never
    if: \"${{ steps.two.output.double > 100 }}\"
    uses: test.echo
    with: {}
outputs: {answer: \"${{ steps.two.output.double }}\"}
";

#[tokio::test]
async fn steps_run_in_order_and_hand_their_results_on() {
    for world in worlds().await {
        let worker = world.worker(quick());
        let id = world.run(CHAIN).await;
        let details = world.ended(id).await;
        assert_eq!(details.row.status, Status::Succeeded, "{:?}", details.row);
        assert_eq!(details.view.outputs, json!({ "answer": 4 }));
        assert_eq!(
            details.view.steps[0].output,
            Some(json!({ "n": 2, "mail": "ada@example.com" }))
        );
        assert_eq!(details.view.steps[2].status, StepStatus::Skipped);
        assert_eq!(
            world.number("SELECT count(*) FROM outbox WHERE kind = 'execution.finished'").await,
            1
        );
        assert_eq!(
            world.number("SELECT count(*) FROM outbox WHERE kind = 'execution.started'").await,
            1
        );
        let first = PageRequest::first(10);
        eventually("log lines", async || {
            let logs = world
                .module
                .executions()
                .logs(&world.principal(), id, &LogFilter::default(), first)
                .await
                .unwrap();
            (logs.items.len() == 2).then_some(())
        })
        .await;
        worker.stop().await;
    }
}

#[tokio::test]
async fn parameters_are_checked_and_strangers_see_nothing() {
    for world in worlds().await {
        let definition = world.define(CHAIN).await;
        let wanted = |n| StartExecution {
            definition_id: definition,
            params: json!({ "n": n }),
            ..StartExecution::default()
        };
        let refused = world.module.start(world.owner, wanted(9)).await.unwrap_err();
        assert!(matches!(refused, ExecutionsError::Params(_)), "{refused}");
        let id = world.module.start(world.owner, wanted(1)).await.unwrap().id;
        let stranger = principal(world.ambient.id());
        let other = Owner::new(stranger.user);
        let executions = world.module.executions();
        let missing = world.module.start(other, wanted(1)).await.unwrap_err();
        assert!(matches!(missing, ExecutionsError::NoDefinition));
        assert!(matches!(executions.show(&stranger, id).await, Err(ExecutionsError::NotFound)));
        assert!(matches!(executions.cancel(&stranger, id).await, Err(ExecutionsError::NotFound)));
        assert!(executions.watch(&stranger, id, 0).await.is_err());
        let waiting = world.show(id).await.waiting_reason.unwrap();
        assert!(waiting.en.contains("No worker"), "{waiting:?}");
    }
}

#[tokio::test]
async fn items_run_side_by_side_within_their_limit() {
    let source = "
name: items
steps:
  - id: all
    uses: test.slow
    for_each: \"${{ [1, 2, 3, 4, 5, 6, 7, 8] }}\"
    max_parallel: 3
    with: {millis: 40, n: \"${{ item }}\"}
  - id: sum
    uses: test.echo
    with: {numbers: \"${{ steps.all.outputs.map(o, o.n) }}\"}
";
    for world in worlds().await {
        let worker = world.worker(quick());
        let id = world.run(source).await;
        let details = world.ended(id).await;
        assert_eq!(details.row.status, Status::Succeeded, "{:?}", details.row);
        let items = details.view.steps[0].items.unwrap();
        assert_eq!((items.total, items.succeeded, items.failed, items.running), (8, 8, 0, 0));
        assert_eq!(world.seen.most_running.load(Ordering::SeqCst), 3);
        assert_eq!(
            details.view.steps[1].output.as_ref().unwrap()["numbers"],
            json!([1, 2, 3, 4, 5, 6, 7, 8])
        );
        worker.stop().await;
    }
}

#[tokio::test]
async fn a_failure_halts_the_rest_and_the_last_words_are_said() {
    let source = "
name: fails
steps:
  - {id: soft, uses: test.fail, on_error: continue, with: {}}
  - {id: hard, uses: test.fail, with: {}}
  - {id: never, uses: test.echo, with: {}}
on_failure:
  - {id: tell, uses: test.echo, with: {status: \"${{ steps.hard.status }}\"}}
finally:
  - {id: clean, uses: test.echo, with: {}}
";
    for world in worlds().await {
        let worker = world.worker(quick());
        let id = world.run(source).await;
        let details = world.ended(id).await;
        assert_eq!(details.row.status, Status::Failed);
        let error = details.row.error.unwrap();
        assert_eq!((error.step.as_deref(), error.code.as_str()), (Some("hard"), "BROKEN"));
        let statuses: Vec<_> = details.view.steps.iter().map(|step| step.status.as_str()).collect();
        let expected = ["failed", "failed", "skipped", "succeeded", "succeeded"];
        assert_eq!(statuses, expected);
        assert_eq!(details.view.steps[3].output, Some(json!({ "status": "failed" })));
        worker.stop().await;
    }
}

#[tokio::test]
async fn a_retry_waits_its_back_off_without_a_lease() {
    let source = "
name: flaky
steps:
  - id: try
    uses: test.flaky
    retry: {max_attempts: 3, backoff: fixed, initial: 10m, max: 1h, jitter: false}
    with: {}
";
    for world in worlds().await {
        world.seen.failures.store(2, Ordering::SeqCst);
        let worker = world.worker(quick());
        let id = world.run(source).await;
        for _ in 0..2 {
            let waiting = world.until(id, Status::Waiting).await;
            assert!(!waiting.row.leased);
            eventually("the reason", async || {
                let reason = world.show(id).await.waiting_reason?;
                reason.en.contains("try").then_some(())
            })
            .await;
            world.clock.advance(Duration::from_mins(9));
            tokio::time::sleep(Duration::from_millis(80)).await;
            assert_eq!(world.show(id).await.row.status, Status::Waiting);
            let before = world.seen.count("try");
            world.clock.advance(Duration::from_mins(2));
            eventually("the next attempt", async || {
                (world.seen.count("try") > before).then_some(())
            })
            .await;
        }
        let details = world.ended(id).await;
        assert_eq!(details.row.status, Status::Succeeded);
        assert_eq!(details.view.steps[0].attempt_count, 3);
        let keys: Vec<_> = world.seen.runs.lock().iter().map(|run| run.3.clone()).collect();
        assert!(keys.iter().all(|key| *key == keys[0]), "{keys:?}");
        worker.stop().await;
    }
}

#[tokio::test]
async fn a_timer_holds_nothing_and_cancelling_reaches_it() {
    let source = "
name: rest
steps:
  - {id: rest, uses: wait.for, with: {duration: 7d}}
  - {id: then, uses: test.echo, with: {}}
";
    for world in worlds().await {
        let worker = world.worker(quick());
        let definition = world.define(source).await;
        let (id, other) = (world.start(definition).await, world.start(definition).await);
        assert!(!world.until(id, Status::Waiting).await.row.leased);
        world.until(other, Status::Waiting).await;
        world.module.executions().cancel(&world.principal(), other).await.unwrap();
        assert_eq!(world.ended(other).await.row.status, Status::Cancelled);
        world.clock.advance(Duration::from_hours(7 * 24 + 1));
        assert_eq!(world.ended(id).await.row.status, Status::Succeeded);
        let over = world.module.executions().cancel(&world.principal(), id).await;
        assert!(matches!(over, Err(ExecutionsError::Ended)));
        worker.stop().await;
    }
}

#[tokio::test]
async fn cancelling_stops_what_runs_and_still_cleans_up() {
    let source = "
name: hangs
steps:
  - {id: hear, uses: test.hang, needs: [], with: {}}
  - {id: deaf, uses: test.deaf, needs: [], with: {}}
finally:
  - {id: clean, uses: test.echo, with: {}}
";
    for world in worlds().await {
        let worker = world.worker(quick());
        let id = world.run(source).await;
        eventually("both steps", async || (world.seen.runs.lock().len() == 2).then_some(())).await;
        world.module.executions().cancel(&world.principal(), id).await.unwrap();
        let ended = tokio::time::timeout(Duration::from_secs(1), world.ended(id)).await.unwrap();
        assert_eq!(ended.row.status, Status::Cancelled);
        assert_eq!(world.seen.cancelled.load(Ordering::SeqCst), 1);
        assert_eq!(ended.view.steps[0].status, StepStatus::Cancelled);
        assert_eq!(ended.view.steps[2].status, StepStatus::Succeeded);
        worker.stop().await;
    }
}

#[tokio::test]
async fn a_panic_is_a_failed_attempt_and_a_time_out_ends_one() {
    let source = "
name: bad
steps:
  - {id: panics, uses: test.panic, on_error: continue, with: {}}
  - {id: sleeps, uses: test.deaf, timeout: 50ms, on_error: continue, with: {}}
";
    for world in worlds().await {
        let worker = world.worker(quick());
        let id = world.run(source).await;
        let details = world.ended(id).await;
        assert_eq!(details.row.status, Status::Succeeded);
        let codes: Vec<_> =
            details.view.steps.iter().map(|s| s.error.as_ref().unwrap().code.as_str()).collect();
        assert_eq!(codes, ["ACTION_PANICKED", "TIMED_OUT"]);
        worker.stop().await;
    }
}

#[tokio::test]
async fn a_run_that_takes_too_long_is_stopped() {
    let source = "
name: long
timeout: 1h
steps:
  - {id: hang, uses: test.hang, with: {}}
";
    for world in worlds().await {
        let worker = world.worker(quick());
        let id = world.run(source).await;
        eventually("the step", async || (world.seen.count("hang") == 1).then_some(())).await;
        world.clock.advance(Duration::from_hours(2));
        assert_eq!(world.ended(id).await.row.status, Status::TimedOut);
        worker.stop().await;
    }
}

#[tokio::test]
async fn a_concurrency_key_lets_one_run_at_a_time() {
    let source = "
name: keyed
concurrency: {key: \"${{ params.k }}\", limit: 1}
params: {properties: {k: {type: string, default: a}}}
steps:
  - {id: slow, uses: test.slow, with: {millis: 60}}
";
    for world in worlds().await {
        let worker = world.worker(quick());
        let definition = world.define(source).await;
        let mut ids = Vec::new();
        for _ in 0..3 {
            ids.push(world.start(definition).await);
        }
        for id in ids {
            assert_eq!(world.ended(id).await.row.status, Status::Succeeded);
        }
        assert_eq!(world.seen.most_running.load(Ordering::SeqCst), 1, "{}", world.name);
        worker.stop().await;
    }
}

#[tokio::test]
async fn a_watcher_hears_everything_once_and_can_resume() {
    let source = "
name: watched
steps:
  - {id: slow, uses: test.slow, with: {millis: 200}}
  - {id: big, uses: test.echo, with: {text: \"${{ params.text }}\"}}
params: {properties: {text: {type: string, default: x}}}
";
    for world in worlds().await {
        let worker = world.worker(quick());
        let definition_id = world.define(source).await;
        // Larger than a row may be: it goes through the blob store.
        let params = json!({ "text": "x".repeat(100_000) });
        let wanted = StartExecution { definition_id, params, ..StartExecution::default() };
        let id = world.module.start(world.owner, wanted).await.unwrap().id;
        let updates: Vec<_> = world.module.watch(world.owner, id).await.unwrap().collect().await;
        let seqs: Vec<_> = updates.iter().filter_map(seq).collect();
        assert_eq!(seqs, (1..=i64::try_from(seqs.len()).unwrap()).collect::<Vec<_>>());
        assert!(
            updates.iter().any(|update| matches!(update, Update::Progress(p) if p.step == "slow"))
        );
        assert!(matches!(updates.last(), Some(Update::End(Status::Succeeded))));
        let executions = world.module.executions();
        let rest = executions.watch(&world.principal(), id, seqs[1]).await.unwrap();
        let rest: Vec<_> = rest.collect::<Vec<_>>().await.iter().filter_map(seq).collect();
        assert_eq!(rest, seqs[2..]);
        let output = world.show(id).await.view.steps[1].output.clone().unwrap();
        assert_eq!(output["text"].as_str().map(str::len), Some(100_000));
        let blobs = "SELECT count(*) FROM execution_events WHERE blob IS NOT NULL";
        assert!(world.number(blobs).await >= 2);
        worker.stop().await;
    }
}

fn seq(update: &Update) -> Option<i64> {
    match update {
        Update::Event(stored) => Some(stored.seq),
        _ => None,
    }
}

#[tokio::test]
async fn the_queue_takes_turns_among_users() {
    for world in worlds().await {
        let definition = world.define(CHAIN).await;
        for _ in 0..20 {
            world.start(definition).await;
        }
        let poor = Owner::new(world.ambient.id());
        let theirs = world.module.define(poor, CHAIN.to_owned()).await.unwrap().id;
        let wanted = StartExecution { definition_id: theirs, ..StartExecution::default() };
        let last = world.module.start(poor, wanted).await.unwrap().id;
        let settings = workflow::WorkerSettings { parallel: 2, ..quick() };
        let worker = world.worker(settings);
        eventually("the poor user's turn", async || {
            let sql = "SELECT count(*) FROM workflow_executions WHERE finished_at IS NOT NULL";
            let ended = world.number(sql).await;
            let row = world.module.show(poor, last).await.unwrap().row;
            assert!(ended < 12 || row.status.is_final(), "{}: {ended} went before", world.name);
            row.status.is_final().then_some(())
        })
        .await;
        worker.stop().await;
    }
}

#[tokio::test]
async fn a_plan_that_is_used_up_lets_nothing_start() {
    for world in worlds().await {
        world.plan.concurrent.store(1, Ordering::SeqCst);
        let definition = world.define(CHAIN).await;
        let id = world.start(definition).await;
        let wanted = StartExecution { definition_id: definition, ..StartExecution::default() };
        let refused = world.module.start(world.owner, wanted.clone()).await.unwrap_err();
        assert!(matches!(refused, ExecutionsError::Quota(_)), "{refused}");
        assert_eq!(world.number("SELECT count(*) FROM workflow_executions").await, 1);
        let worker = world.worker(quick());
        world.ended(id).await;
        world.module.start(world.owner, wanted).await.unwrap();
        worker.stop().await;
    }
}

#[tokio::test]
async fn lists_go_page_by_page() {
    for world in worlds().await {
        let definition = world.define(CHAIN).await;
        for _ in 0..5 {
            world.start(definition).await;
        }
        let executions = world.module.executions();
        let filter = workflow::application::executions::ExecutionFilter {
            status: Some(Status::Pending),
            definition_id: Some(definition),
            ..workflow::application::executions::ExecutionFilter::default()
        };
        let (mut page, mut found) = (PageRequest::first(2), Vec::new());
        loop {
            let got = executions.list(&world.principal(), filter.clone(), page).await.unwrap();
            found.extend(got.items.iter().map(|row| row.id));
            let Some(next) = got.next_cursor else { break };
            page.after = Some(shared_kernel::domain::Cursor::decode(&next).unwrap());
        }
        found.sort_unstable();
        found.dedup();
        assert_eq!(found.len(), 5);
    }
}
