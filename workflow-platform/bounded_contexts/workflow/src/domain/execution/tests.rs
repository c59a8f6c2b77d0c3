//! The machine in small cases; `properties` looks at many.

use std::{sync::Arc, time::Duration};

use serde_json::{Value, json};
use shared_kernel::{
    application::{ActionError, StepRecord},
    domain::{Cost, Owner, Timestamp},
};
use uuid::Uuid;

use super::{
    Cause, ChildEnded, ChildStarted, Created, Decision, Execution, Identity, JournalEvent,
    RunOutcome, Status, StepCancelled, StepRun, StepSucceeded,
};
use crate::domain::definition::parse_stored;

pub(super) fn machine(model: &Value) -> Execution {
    let definition = Arc::new(parse_stored(model).unwrap());
    let id = Uuid::from_u128(1).into();
    let owner = Owner::new(Uuid::from_u128(2).into());
    let mut machine =
        Execution::new(definition, Identity { id, owner, user: json!({}), version: 1 });
    machine.apply(&created(), at(0));
    machine
}

pub(super) fn created() -> JournalEvent {
    let (params, trigger) = (json!({ "n": 3 }), json!({}));
    let vars = Value::Null;
    Created { definition_id: Uuid::from_u128(3), version: 1, params, vars, trigger, fragment: None }
        .into()
}

pub(super) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_micros(seconds * 1_000_000)
}

pub(super) fn success(run: &StepRun, now: Timestamp, output: Value) -> JournalEvent {
    StepSucceeded {
        step: run.step.clone(),
        item: run.item,
        attempt: run.attempt,
        started_at: now,
        input: None,
        output,
        cached: false,
        cost: Cost::default(),
    }
    .into()
}

pub(super) fn failure(
    machine: &Execution,
    run: &StepRun,
    now: Timestamp,
    error: ActionError,
) -> JournalEvent {
    let outcome = RunOutcome {
        key: run.key,
        step: run.step.clone(),
        item: run.item,
        attempt: run.attempt,
        started_at: now,
        ended_at: now,
        input: None,
    };
    machine.failed(&outcome, error, 0.5).into()
}

pub(super) fn stopped(run: &StepRun, now: Timestamp) -> JournalEvent {
    let (step, item, attempt) = (run.step.clone(), run.item, run.attempt);
    StepCancelled { step, item, attempt, started_at: now, cost: Cost::default() }.into()
}

fn steps(decision: &Decision) -> Vec<&str> {
    decision.run.iter().map(|run| run.step.as_str()).collect()
}

fn three() -> Value {
    json!({ "name": "three", "steps": [
        { "id": "a", "uses": "x", "with": { "n": "${{ params.n }}" } },
        { "id": "b", "uses": "x", "with": { "n": "${{ steps.a.output.n + 1 }}" },
          "retry": { "max_attempts": 2, "backoff": "fixed", "initial": "10s", "jitter": false } },
    ], "finally": [{ "id": "c", "uses": "x", "with": {} }] })
}

#[test]
fn one_step_after_the_other() {
    let mut machine = machine(&three());
    let first = machine.decide(at(0));
    assert_eq!(steps(&first), ["a"]);
    assert_eq!(first.run[0].input, json!({ "n": 3 }));
    assert!(machine.decide(at(0)).run.is_empty(), "deciding twice gives nothing new");
    machine.apply(&success(&first.run[0], at(1), json!({ "n": 4 })), at(1));
    let second = machine.decide(at(1));
    assert_eq!(second.run[0].input, json!({ "n": 5 }));
    machine.apply(&success(&second.run[0], at(2), Value::Null), at(2));
    let last = machine.decide(at(2));
    assert_eq!(steps(&last), ["c"]);
    machine.apply(&success(&last.run[0], at(3), Value::Null), at(3));
    assert_eq!(machine.decide(at(3)).finished, Some(Status::Succeeded));
}

#[test]
fn a_run_that_was_cut_off_does_not_use_up_an_attempt() {
    let mut first = machine(&three());
    let cut_off = first.decide(at(0)).run.remove(0);
    let mut second = machine(&three());
    let again = second.decide(at(9)).run.remove(0);
    assert_eq!(
        (cut_off.attempt, &cut_off.idempotency_key),
        (again.attempt, &again.idempotency_key)
    );
}

#[test]
fn a_retry_waits_its_time_and_the_last_failure_is_final() {
    let mut machine = machine(&three());
    let a = machine.decide(at(0)).run.remove(0);
    machine.apply(&success(&a, at(0), json!({ "n": 1 })), at(0));
    let b = machine.decide(at(0)).run.remove(0);
    let failed = failure(&machine, &b, at(5), ActionError::retryable("X", "x"));
    machine.apply(&failed, at(5));
    let waiting = machine.decide(at(5));
    assert_eq!((waiting.run.len(), waiting.wake_at), (0, Some(at(15))));
    let b = machine.decide(at(15)).run.remove(0);
    assert_eq!(b.attempt, 2);
    let failed = failure(&machine, &b, at(16), ActionError::retryable("X", "x"));
    machine.apply(&failed, at(16));
    let last = machine.decide(at(16));
    assert_eq!(steps(&last), ["c"], "finally runs after a failure");
    machine.apply(&success(&last.run[0], at(17), Value::Null), at(17));
    assert_eq!(machine.decide(at(17)).finished, Some(Status::Failed));
}

#[test]
fn what_was_recorded_is_there_again() {
    let mut machine = machine(&three());
    let run = machine.decide(at(0)).run.remove(0);
    let record = |key: &str| StepRecord { key: key.into(), value: json!(1) };
    let recorded = machine.recorded(&run, vec![record("k")]).unwrap();
    machine.apply(&recorded.clone().into(), at(1));
    assert!(machine.recorded(&run, vec![record("k")]).is_none(), "a key counts once");
    let mut other = super::tests::machine(&three());
    other.apply(&recorded.into(), at(1));
    assert_eq!(other.decide(at(2)).run[0].records.len(), 1);
}

#[test]
fn cancelling_before_the_start_ends_at_once() {
    let mut machine = machine(&three());
    let event = machine.stopping(Cause::Cancelled).unwrap();
    machine.apply(&event, at(0));
    let decision = machine.decide(at(0));
    assert_eq!((decision.run.len(), decision.finished), (0, Some(Status::Cancelled)));
    assert!(machine.stopping(Cause::Cancelled).is_none());
}

#[test]
fn cancelling_twice_stops_the_cleaning_up_as_well() {
    let mut machine = machine(&three());
    let a = machine.decide(at(0)).run.remove(0);
    let event = machine.stopping(Cause::Cancelled).unwrap();
    machine.apply(&event, at(1));
    assert!(machine.decide(at(1)).stop_running);
    machine.apply(&stopped(&a, at(1)), at(1));
    let cleaning = machine.decide(at(1));
    assert_eq!((steps(&cleaning), cleaning.stop_running), (vec!["c"], false));
    let event = machine.stopping(Cause::Cancelled).unwrap();
    machine.apply(&event, at(2));
    assert!(machine.decide(at(2)).stop_running);
    machine.apply(&stopped(&cleaning.run[0], at(2)), at(2));
    assert_eq!(machine.decide(at(2)).finished, Some(Status::Cancelled));
}

#[test]
fn the_whole_run_has_a_time_limit() {
    let mut model = three();
    model["timeout"] = json!("1m");
    let mut machine = machine(&model);
    let a = machine.decide(at(0)).run.remove(0);
    assert_eq!(machine.decide(at(0)).wake_at, Some(at(0).plus(Duration::from_mins(1))));
    assert!(machine.decide(at(60)).stop_running);
    machine.apply(&stopped(&a, at(60)), at(60));
    let c = machine.decide(at(60)).run.remove(0);
    machine.apply(&success(&c, at(61), Value::Null), at(61));
    assert_eq!(machine.decide(at(61)).finished, Some(Status::TimedOut));
}

#[test]
fn a_retry_goes_on_where_it_failed() {
    let mut machine = machine(&three());
    let a = machine.decide(at(0)).run.remove(0);
    machine.apply(&success(&a, at(0), json!({ "n": 1 })), at(0));
    let b = machine.decide(at(0)).run.remove(0);
    let failed = failure(&machine, &b, at(5), ActionError::permanent("X", "x"));
    machine.apply(&failed, at(5));
    let c = machine.decide(at(5)).run.remove(0);
    assert_eq!(c.step, "c");
    machine.apply(&success(&c, at(6), Value::Null), at(6));
    assert_eq!(machine.decide(at(6)).finished, Some(Status::Failed));
    let retried = machine.retried().unwrap();
    machine.apply(&retried, at(10));
    let again = machine.decide(at(10));
    assert_eq!((steps(&again), again.finished), (vec!["b"], None));
    assert_eq!(again.run[0].idempotency_key, b.idempotency_key);
    machine.apply(&success(&again.run[0], at(11), Value::Null), at(11));
    let last = machine.decide(at(11));
    assert_eq!(steps(&last), ["c"]);
    assert_ne!(last.run[0].idempotency_key, c.idempotency_key, "it cleans up once more");
    machine.apply(&success(&last.run[0], at(12), Value::Null), at(12));
    assert_eq!(machine.decide(at(12)).finished, Some(Status::Succeeded));
    assert!(machine.retried().is_none());
}

#[test]
fn a_child_that_takes_long_to_end_leaves_time_to_clean_up() {
    let model = json!({ "name": "slow child", "steps": [
        { "id": "call", "uses": "workflow.run", "with": { "workflow": "other" } },
    ], "finally": [{ "id": "last", "uses": "x", "with": {} }] });
    let mut machine = machine(&model);
    let child = Uuid::from_u128(7).into();
    let run = machine.decide(at(0)).run.remove(0);
    assert!(run.calls);
    let started = ChildStarted {
        step: "call".into(),
        item: None,
        attempt: 1,
        started_at: at(0),
        input: None,
        execution: child,
        until: None,
    };
    machine.apply(&started.into(), at(1));
    let stopping = machine.stopping(Cause::Cancelled).unwrap();
    machine.apply(&stopping, at(2));
    let decision = machine.decide(at(2));
    assert_eq!((decision.cancel, decision.finished), (vec![child], None));
    assert!(decision.awaits_letter, "its end is waited for");

    let minutes = |count: i64| at(count * 60);
    let ended = ChildEnded {
        execution: child,
        status: Status::Cancelled,
        outputs: Value::Null,
        error: None,
    };
    machine.apply(&ended.into(), minutes(20));
    let decision = machine.decide(minutes(20));
    assert_eq!(steps(&decision), ["last"]);
    assert_eq!(decision.wake_at, Some(minutes(35)), "a quarter of an hour from now");
}
