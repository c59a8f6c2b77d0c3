//! From whatever point a snapshot is taken, what follows is the same.

use proptest::{collection::vec, prelude::*};
use serde_json::{Value, json};
use shared_kernel::domain::Timestamp;

use super::{World, definition, turn};
use crate::domain::execution::{
    Execution, JournalEvent,
    tests::{at, machine},
};

type Journal<'a> = &'a [(JournalEvent, Timestamp)];

fn fold(mut machine: Execution, journal: Journal<'_>) -> Execution {
    for (event, at) in journal {
        machine.apply(event, *at);
    }
    machine
}

/// As another process reads it.
fn stored(machine: &Execution) -> Execution {
    let body = machine.snapshot().unwrap();
    Execution::restore(machine.definition(), machine.identity().clone(), &body).unwrap()
}

fn text(machine: &Execution) -> String {
    String::from_utf8(machine.snapshot().unwrap()).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_snapshot_and_the_events_after_it_are_the_whole_journal(
        model in definition(),
        rounds in vec(vec(turn(), 0..40), 1..3),
        cuts in vec(any::<prop::sample::Index>(), 1..4),
        end in any::<prop::sample::Index>(),
    ) {
        let mut world = World::new(model.clone());
        for turns in &rounds {
            world.play(turns);
            if !world.retry() {
                break;
            }
        }
        let journal = &world.journal[..=end.index(world.journal.len())];
        let mut cuts: Vec<_> = cuts.iter().map(|cut| cut.index(journal.len()) + 1).collect();
        cuts.sort_unstable();
        let mut whole = fold(machine(&model), &journal[1..]);
        let (mut pieces, mut from) = (machine(&model), 1);
        for cut in cuts {
            pieces = stored(&fold(pieces, &journal[from..cut.max(from)]));
            from = cut.max(from);
        }
        let mut pieces = fold(pieces, &journal[from..]);
        prop_assert_eq!(text(&pieces), text(&whole));
        // Now, and after all timers that may be set.
        for now in [world.now, world.now.plus(std::time::Duration::from_hours(24))] {
            prop_assert_eq!(format!("{:?}", pieces.decide(now)), format!("{:?}", whole.decide(now)));
            prop_assert_eq!(text(&pieces), text(&whole));
        }
    }
}

/// Everything a step can be in the middle of.
fn model() -> Value {
    json!({
        "name": "kept",
        "steps": [
            { "id": "done", "uses": "x", "needs": [] },
            { "id": "null", "uses": "x", "needs": [] },
            { "id": "soft", "uses": "x", "needs": [], "on_error": "continue" },
            { "id": "no", "uses": "x", "needs": [], "if": false },
            { "id": "list", "uses": "x", "needs": [], "for_each": [1, 2, 3, 4], "max_parallel": 4,
              "retry": { "max_attempts": 3 } },
            { "id": "nap", "uses": "wait.for", "needs": [], "with": { "duration": "1h" } },
            { "id": "ask", "uses": "wait.signal", "needs": [], "with": { "timeout": "2h" } },
            { "id": "call", "uses": "workflow.run", "needs": [], "with": { "workflow": "other" },
              "for_each": [1, 2], "max_parallel": 2 },
        ],
        "finally": [{ "id": "last", "uses": "x" }],
    })
}

/// What happened to it, each as its row in the journal.
const HAPPENED: [(&str, &str); 15] = [
    ("execution.started", "{}"),
    (
        "step.succeeded",
        r#"{"step":"done","attempt":1,"started_at":"2026-01-01T00:00:00Z","output":{"n":1}}"#,
    ),
    ("step.succeeded", r#"{"step":"null","attempt":1,"started_at":"2026-01-01T00:00:00Z"}"#),
    (
        "step.failed",
        r#"{"step":"soft","attempt":1,"started_at":"2026-01-01T00:00:00Z","error":{"failure":"permanent","code":"X","message":"x"}}"#,
    ),
    ("step.skipped", r#"{"step":"no"}"#),
    ("step.expanded", r#"{"step":"list","items":[1,2,3,4]}"#),
    (
        "step.succeeded",
        r#"{"step":"list","item":0,"attempt":1,"started_at":"2026-01-01T00:00:00Z","output":null}"#,
    ),
    (
        "step.failed",
        r#"{"step":"list","item":1,"attempt":1,"started_at":"2026-01-01T00:00:00Z","error":{"failure":"retryable","code":"Y","message":"y"},"retry_at":"2026-01-01T00:00:09Z"}"#,
    ),
    ("step.recorded", r#"{"step":"list","item":2,"records":[{"key":"page","value":[2]}]}"#),
    ("step.waiting", r#"{"step":"nap","until":"2026-01-01T01:00:00Z"}"#),
    ("step.awaiting", r#"{"step":"ask","message":"well?","until":"2026-01-01T02:00:00Z"}"#),
    (
        "signal.received",
        r#"{"step":"ask","decision":"approve","data":7,"by":"00000000-0000-0000-0000-000000000002","at":"2026-01-01T00:00:05Z"}"#,
    ),
    ("step.expanded", r#"{"step":"call","items":[1,2]}"#),
    (
        "step.calling",
        r#"{"step":"call","item":0,"attempt":1,"started_at":"2026-01-01T00:00:00Z","execution":"00000000-0000-0000-0000-0000000000aa"}"#,
    ),
    (
        "child.ended",
        r#"{"execution":"00000000-0000-0000-0000-0000000000aa","status":"succeeded","outputs":{"n":2}}"#,
    ),
];

/// Of an execution in which everything was under way that can be: what one version wrote, later
/// ones of the same number read.
const WRITTEN: &str = include_str!("snapshot_1.json");

#[test]
fn a_snapshot_has_the_form_of_its_version() {
    let mut machine = machine(&model());
    for (seconds, (kind, body)) in (1..).zip(HAPPENED) {
        machine.apply(&JournalEvent::decode(kind, body).unwrap(), at(seconds));
    }
    assert_eq!(text(&machine), WRITTEN.trim_end(), "another form needs another number");
}

#[test]
fn snapshots_of_the_first_version_stay_readable() {
    let machine = machine(&model());
    let read =
        Execution::restore(machine.definition(), machine.identity().clone(), WRITTEN.as_bytes());
    assert_eq!(text(&read.unwrap()), WRITTEN.trim_end());
}

#[test]
fn a_snapshot_of_another_definition_is_refused() {
    let other = serde_json::json!({ "name": "other", "steps": [{ "id": "a", "uses": "x" }] });
    let other = machine(&other);
    let read = Execution::restore(other.definition(), other.identity().clone(), WRITTEN.as_bytes());
    assert!(read.is_err());
}
