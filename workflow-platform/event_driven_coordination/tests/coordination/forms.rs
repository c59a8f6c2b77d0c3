//! Payloads of older and of newer versions of the platform.

use std::{sync::Arc, time::Duration};

use event_driven_coordination::Relay;
use serde_json::json;
use shared_kernel::domain::{
    DomainEvent, EventCatalog, EventType, FieldForm::Number, Upcast, field,
};

use crate::support::{Notes, World, effect, worlds};

/// `thing.happened` once called its number `count`; later it was counted from 1.
pub const UPCASTS: [Upcast; 2] = [
    |payload| {
        let count = payload.remove("count").unwrap_or_default();
        payload.insert("n".to_owned(), count);
    },
    |payload| {
        let n = payload.get("n").and_then(serde_json::Value::as_i64).unwrap_or(0);
        payload.insert("n".to_owned(), (n + 1).into());
    },
];

/// What a process knows whose form of `thing.happened` is so many steps from the first.
pub fn catalog_of(upcasts: &'static [Upcast]) -> EventCatalog {
    EventCatalog::new([EventType {
        kind: "thing.happened",
        aggregate: "thing",
        title: ("发生了", "A thing happened"),
        fields: const { &[field("n", Number, "which one")] },
        upcasts,
    }])
}

fn knowing(world: &World, notes: &Arc<Notes>, upcasts: &'static [Upcast]) -> Relay {
    world.relay(effect(notes)).knowing(Arc::new(catalog_of(upcasts)))
}

fn event(world: &World, aggregate: &str, version: u16, payload: serde_json::Value) -> DomainEvent {
    DomainEvent { version, ..world.event(aggregate, "thing.happened", payload) }
}

#[tokio::test]
async fn handlers_are_given_todays_form_of_older_events() {
    for world in worlds().await {
        let notes = Arc::new(Notes::default());
        let older = event(&world, "a", 1, json!({ "count": 6 }));
        let old = event(&world, "a", 2, json!({ "n": 7 }));
        let new = event(&world, "a", 3, json!({ "n": 9 }));
        world.record(&[older, old, new]).await;
        knowing(&world, &notes, &UPCASTS).drain().await.unwrap();
        assert_eq!(*notes.seen.lock(), ["a:7", "a:8", "a:9"], "{}", world.test.name);
    }
}

#[tokio::test]
async fn newer_events_and_what_comes_after_them_are_left_to_newer_processes() {
    for world in worlds().await {
        let (old, new) = (Arc::new(Notes::default()), Arc::new(Notes::default()));
        let newer = event(&world, "a", 2, json!({ "n": 1 }));
        let after = event(&world, "a", 1, json!({ "count": 2 }));
        let elsewhere = event(&world, "b", 1, json!({ "n": 3 }));
        world.record(&[newer, after, elsewhere]).await;
        knowing(&world, &old, &[]).drain().await.unwrap();
        assert_eq!(*old.seen.lock(), ["b:3"], "{}", world.test.name);
        let untouched = "outbox WHERE aggregate_id = 'a' AND attempts = 0 AND parked_at IS NULL";
        assert_eq!(world.count(untouched).await, 2);
        world.clock.advance(Duration::from_secs(11));
        knowing(&world, &new, &UPCASTS[..1]).drain().await.unwrap();
        assert_eq!(*new.seen.lock(), ["a:1", "a:2"]);
    }
}
