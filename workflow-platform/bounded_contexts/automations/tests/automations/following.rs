//! Following notes as they come.

use std::time::Duration;

use automations::application::{Update, Updates};
use futures::StreamExt as _;
use serde_json::json;
use shared_kernel::domain::Cursor;

use crate::support::{World, noting, worlds};

async fn next(updates: &mut Updates) -> Option<Update> {
    tokio::time::timeout(Duration::from_secs(5), updates.next()).await.unwrap()
}

/// The body of the next note, and its cursor; what is unread is passed over.
async fn note(updates: &mut Updates) -> (String, Cursor) {
    loop {
        match next(updates).await.unwrap() {
            Update::Note(note, cursor) => return (note.body, cursor),
            Update::Unread(_) => {}
        }
    }
}

async fn notes(world: &World, numbers: std::ops::Range<u32>) {
    let row = world.keep(noting(&json!({}))).await;
    for n in numbers {
        // Slowly enough for a rule that may fire sixty times an hour.
        world.clock.advance(Duration::from_secs(61));
        world.fire(&row, json!({ "n": n })).await;
    }
}

#[tokio::test]
async fn new_notes_and_what_is_unread_come_as_they_happen() {
    for world in worlds().await {
        notes(&world, 0..1).await;
        world.clock.advance(Duration::from_secs(1));
        let mut updates = world.service.follow(&world.ada, None).await.unwrap();
        let mut eves = world.service.follow(&world.eve(), None).await.unwrap();
        assert_eq!(next(&mut updates).await, Some(Update::Unread(1)), "{}", world.test.name);
        notes(&world, 1..3).await;
        assert_eq!(note(&mut updates).await.0, "1");
        assert_eq!(note(&mut updates).await.0, "2");
        world.service.read_all(&world.ada).await.unwrap();
        loop {
            match next(&mut updates).await {
                Some(Update::Unread(0)) => break,
                Some(Update::Unread(_)) => {}
                other => panic!("{other:?}"),
            }
        }
        assert_eq!(next(&mut eves).await, Some(Update::Unread(0)));
        let silent = tokio::time::timeout(Duration::from_millis(200), eves.next()).await;
        assert!(silent.is_err(), "hers are nobody else's: {silent:?}");
    }
}

#[tokio::test]
async fn whoever_comes_back_goes_on_where_they_were() {
    for world in worlds().await {
        let mut updates = world.service.follow(&world.ada, None).await.unwrap();
        notes(&world, 0..2).await;
        let (body, cursor) = note(&mut updates).await;
        assert_eq!(body, "0", "{}", world.test.name);
        drop(updates);
        notes(&world, 2..230).await;
        let mut again = world.service.follow(&world.ada, Some(cursor)).await.unwrap();
        for n in 1..230 {
            assert_eq!(note(&mut again).await.0, n.to_string());
        }
    }
}

#[tokio::test]
async fn a_stream_ends_with_its_process() {
    for world in worlds().await {
        let mut updates = world.service.follow(&world.ada, None).await.unwrap();
        assert_eq!(next(&mut updates).await, Some(Update::Unread(0)), "{}", world.test.name);
        world.service.close_streams();
        assert_eq!(next(&mut updates).await, None);
    }
}
