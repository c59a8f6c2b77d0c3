use std::{sync::Arc, time::Duration};

use event_driven_coordination::{Handlers, RelaySettings};
use sea_orm::ConnectionTrait as _;
use serde_json::json;
use shared_kernel::{
    application::{EffectHandler, EventHandler},
    infrastructure::db::Database,
};
use tokio_util::sync::CancellationToken;

use crate::support::{Effect, Notes, Trouble, echo, effect, worlds};

const PENDING: &str = "outbox WHERE delivered_at IS NULL AND parked_at IS NULL";
const ECHOES: &str = "outbox WHERE kind = 'thing.echoed'";

#[tokio::test]
async fn events_of_an_aggregate_come_in_order_however_many_batches_they_take() {
    for world in worlds().await {
        let notes = Arc::new(Notes::default());
        world.record_numbered("a", 25).await;
        world.record_numbered("b", 5).await;
        let settings = RelaySettings { batch: 4, ..RelaySettings::default() };
        let handled = world.relay_with(effect(&notes), settings).drain().await.unwrap();
        assert_eq!(handled, 30, "{}", world.test.name);
        let seen = notes.seen.lock().clone();
        let of_a: Vec<_> = seen.iter().filter(|note| note.starts_with("a:")).cloned().collect();
        let expected: Vec<_> = (0..25).map(|n| format!("a:{n}")).collect();
        assert_eq!(of_a, expected, "{}", world.test.name);
        assert_eq!(world.count(PENDING).await, 0);
    }
}

#[tokio::test]
async fn what_a_handler_wrote_before_it_failed_is_not_there() {
    for world in worlds().await {
        let notes = Arc::new(Notes::default());
        notes.fail("a:0", 1);
        world.record_numbered("a", 1).await;
        let relay = world.relay(echo(&notes));
        relay.drain().await.unwrap();
        assert_eq!(world.count(ECHOES).await, 0, "{}", world.test.name);
        assert_eq!(world.count("inbox").await, 0);
        world.clock.advance(Duration::from_secs(2));
        relay.drain().await.unwrap();
        assert_eq!(world.count(ECHOES).await, 1);
    }
}

#[tokio::test]
async fn an_event_delivered_twice_has_one_effect() {
    for world in worlds().await {
        let notes = Arc::new(Notes::default());
        let relays = [world.relay(echo(&notes)), world.relay(effect(&notes))];
        world.record_numbered("a", 3).await;
        for _ in 0..2 {
            for relay in &relays {
                assert!(relay.drain().await.unwrap() >= 3, "{}", world.test.name);
                run(&world.test.database, "UPDATE outbox SET delivered_at = NULL, due_at = 0")
                    .await;
            }
        }
        assert_eq!(world.count(ECHOES).await, 3, "{}", world.test.name);
        assert_eq!(notes.seen.lock().len(), 6);
    }
}

#[tokio::test]
async fn a_failing_event_holds_back_its_aggregate_and_no_other() {
    for world in worlds().await {
        let notes = Arc::new(Notes::default());
        notes.fail("a:0", 2);
        world.record_numbered("a", 3).await;
        world.record_numbered("b", 2).await;
        let relay = world.relay(effect(&notes));
        relay.drain().await.unwrap();
        assert_eq!(*notes.seen.lock(), ["b:0", "b:1"], "{}", world.test.name);
        world.clock.advance(Duration::from_secs(2));
        relay.drain().await.unwrap();
        assert_eq!(notes.seen.lock().len(), 2, "the second attempt fails too");
        world.clock.advance(Duration::from_secs(3));
        assert_eq!(relay.drain().await.unwrap(), 0, "the second wait is longer");
        world.clock.advance(Duration::from_secs(1));
        relay.drain().await.unwrap();
        assert_eq!(*notes.seen.lock(), ["b:0", "b:1", "a:0", "a:1", "a:2"]);
        assert_eq!(world.count("outbox WHERE attempts > 3").await, 0, "held back is not tried");
    }
}

#[tokio::test]
async fn poison_is_parked_with_its_error_and_lets_the_others_through() {
    for world in worlds().await {
        let notes = Arc::new(Notes::default());
        notes.fail("a:0", u32::MAX);
        world.record_numbered("a", 2).await;
        let settings = RelaySettings { attempts: 3, ..RelaySettings::default() };
        let relay = world.relay_with(effect(&notes), settings);
        for _ in 0..4 {
            relay.drain().await.unwrap();
            world.clock.advance(Duration::from_mins(1));
        }
        assert_eq!(*notes.seen.lock(), ["a:1"], "{}", world.test.name);
        let parked = "outbox WHERE parked_at IS NOT NULL AND attempts = 3 \
                      AND last_error LIKE '%test.effect%not today%'";
        assert_eq!(world.count(parked).await, 1);
    }
}

#[tokio::test]
async fn many_relays_share_the_work_without_doing_any_twice() {
    for world in worlds().await {
        let notes = Arc::new(Notes { pause: Some(Duration::from_millis(2)), ..Notes::default() });
        for aggregate in ["a", "b", "c", "d"] {
            world.record_numbered(aggregate, 12).await;
        }
        let settings = RelaySettings { batch: 5, ..RelaySettings::default() };
        let relays: Vec<_> =
            (0..4).map(|_| world.relay_with(effect(&notes), settings.clone())).collect();
        let running = relays.iter().map(|relay| async {
            // Somebody else's lease is no reason to stop.
            while world.count(PENDING).await > 0 {
                relay.drain().await.unwrap();
            }
        });
        futures::future::join_all(running).await;
        let seen = notes.seen.lock().clone();
        for aggregate in ["a", "b", "c", "d"] {
            let prefix = format!("{aggregate}:");
            let found: Vec<_> = seen.iter().filter(|note| note.starts_with(&prefix)).collect();
            let expected: Vec<_> = (0..12).map(|n| format!("{aggregate}:{n}")).collect();
            assert_eq!(found, expected.iter().collect::<Vec<_>>(), "{}", world.test.name);
        }
    }
}

#[tokio::test]
async fn events_that_concern_nobody_are_written_off() {
    for world in worlds().await {
        let notes = Arc::new(Notes::default());
        world.record_numbered("nobody's", 3).await;
        world.record_numbered("a", 1).await;
        assert_eq!(world.relay(effect(&notes)).drain().await.unwrap(), 4, "{}", world.test.name);
        assert_eq!(*notes.seen.lock(), ["a:0"]);
        assert_eq!(world.count(PENDING).await, 0);
    }
}

#[tokio::test]
async fn what_a_dead_process_had_in_hand_is_taken_over_when_its_lease_ends() {
    for world in worlds().await {
        let notes = Arc::new(Notes { pause: Some(Duration::from_mins(1)), ..Notes::default() });
        world.record_numbered("a", 1).await;
        let dying = world.relay(effect(&notes));
        let cut = tokio::time::timeout(Duration::from_millis(300), dying.drain()).await;
        assert!(cut.is_err(), "the handler was still at it");
        let heir = Arc::new(Notes::default());
        let relay = world.relay(effect(&heir));
        assert_eq!(relay.drain().await.unwrap(), 0, "{}", world.test.name);
        world.clock.advance(RelaySettings::default().lease);
        assert_eq!(relay.drain().await.unwrap(), 1);
        assert_eq!(*heir.seen.lock(), ["a:0"]);
    }
}

#[tokio::test]
async fn a_running_relay_wakes_when_an_event_is_committed_and_ends_when_told() {
    for world in worlds().await {
        let notes = Arc::new(Notes::default());
        let never = Duration::from_hours(1);
        let settings =
            RelaySettings { poll_soon: never, poll_every: never, ..RelaySettings::default() };
        let relay = world.relay_with(effect(&notes), settings);
        let stop = CancellationToken::new();
        let running = tokio::spawn({
            let (relay, stop) = (relay.clone(), stop.clone());
            async move { relay.run(stop).await }
        });
        tokio::time::sleep(Duration::from_millis(100)).await;
        world.record_numbered("a", 2).await;
        for _ in 0..200 {
            if notes.seen.lock().len() == 2 {
                break;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        assert_eq!(*notes.seen.lock(), ["a:0", "a:1"], "{}", world.test.name);
        stop.cancel();
        tokio::time::timeout(Duration::from_secs(5), running).await.unwrap().unwrap();
    }
}

#[tokio::test]
async fn delivered_events_go_after_their_time_and_others_stay() {
    for world in worlds().await {
        let notes = Arc::new(Notes::default());
        notes.fail("b:0", u32::MAX);
        world.record_numbered("a", 5).await;
        world.record_numbered("b", 1).await;
        let settings = RelaySettings { attempts: 1, prune_batch: 3, ..RelaySettings::default() };
        let relay = world.relay_with(effect(&notes), settings);
        relay.drain().await.unwrap();
        assert_eq!(relay.prune().await.unwrap(), 0, "{}", world.test.name);
        world.clock.advance(RelaySettings::default().keep + Duration::from_secs(1));
        assert_eq!(relay.prune().await.unwrap(), 3);
        assert_eq!(relay.prune().await.unwrap(), 2);
        assert_eq!(relay.prune().await.unwrap(), 0);
        assert_eq!((world.count("outbox").await, world.count("inbox").await), (1, 0));
    }
}

#[tokio::test]
async fn a_handler_that_panics_or_hangs_fails_for_its_event_only() {
    for world in worlds().await {
        let notes = Arc::new(Notes::default());
        for trouble in [Trouble::Panics, Trouble::Hangs] {
            let event = world.event("t", "thing.troubled", json!({ "n": 0 }));
            world.record(&[event]).await;
            world.record_numbered("a", 1).await;
            let settings = RelaySettings {
                event_limit: Duration::from_millis(200),
                ..RelaySettings::default()
            };
            let handlers = Handlers::new(
                [Arc::new(trouble) as Arc<dyn EventHandler>],
                [Arc::new(Effect(Arc::clone(&notes))) as Arc<dyn EffectHandler>],
            );
            world.relay_with(handlers, settings).drain().await.unwrap();
            let failed = format!("{PENDING} AND last_error LIKE '%{}%'", trouble.error());
            assert_eq!(world.count(&failed).await, 1, "{}", world.test.name);
            run(&world.test.database, "DELETE FROM outbox").await;
        }
        // The second effect waited for the writer that hung; it was not done twice for that.
        assert_eq!(*notes.seen.lock(), ["a:0", "a:0"], "{}", world.test.name);
        assert_eq!(world.count("inbox WHERE handler = 'test.effect'").await, 2);
        assert_eq!(world.count("inbox WHERE handler = 'test.trouble'").await, 0);
    }
}

#[tokio::test]
async fn a_row_that_is_no_event_is_parked_and_lets_the_others_through() {
    for world in worlds().await {
        let notes = Arc::new(Notes::default());
        world.record_numbered("a", 2).await;
        run(&world.test.database, "UPDATE outbox SET payload = '{' WHERE position = 1").await;
        assert_eq!(world.relay(effect(&notes)).drain().await.unwrap(), 2);
        assert_eq!(*notes.seen.lock(), ["a:1"], "{}", world.test.name);
        assert_eq!(world.count("outbox WHERE parked_at IS NOT NULL").await, 1);
    }
}

#[tokio::test]
async fn a_relay_that_never_rests_still_forgets_old_events() {
    for world in worlds().await {
        world.record_numbered("old", 1).await;
        let settings = RelaySettings { batch: 1, ..RelaySettings::default() };
        let relay = world.relay_with(Handlers::default(), settings);
        relay.drain().await.unwrap();
        world.clock.advance(RelaySettings::default().keep + Duration::from_secs(1));
        world.record_numbered("new", 50).await;
        let stop = CancellationToken::new();
        let running = tokio::spawn({
            let (relay, stop) = (relay.clone(), stop.clone());
            async move { relay.run(stop).await }
        });
        for _ in 0..500 {
            if world.count("outbox WHERE aggregate_id = 'old'").await == 0 {
                break;
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        let old = world.count("outbox WHERE aggregate_id = 'old'").await;
        assert_eq!(old, 0, "{}", world.test.name);
        stop.cancel();
        running.await.unwrap();
    }
}

#[tokio::test]
async fn events_that_nobody_wants_are_written_off() {
    for world in worlds().await {
        world.record_numbered("a", 3).await;
        assert_eq!(world.relay(Handlers::default()).drain().await.unwrap(), 3);
        assert_eq!(world.count(PENDING).await, 0, "{}", world.test.name);
    }
}

#[tokio::test]
async fn the_relay_tells_how_old_the_oldest_event_is_and_how_many_are_parked() {
    for world in worlds().await {
        let notes = Arc::new(Notes::default());
        notes.fail("a:0", u32::MAX);
        let settings = RelaySettings { attempts: 1, ..RelaySettings::default() };
        let relay = world.relay_with(effect(&notes), settings);
        let standing = async || relay.standing().await.unwrap();
        let seen = standing().await;
        assert_eq!((seen.lag, seen.parked), (Duration::ZERO, 0), "{}", world.test.name);
        world.record_numbered("a", 1).await;
        world.clock.advance(Duration::from_secs(7));
        world.record_numbered("b", 1).await;
        assert_eq!(standing().await.lag.as_secs(), 7);
        relay.drain().await.unwrap();
        let seen = standing().await;
        assert_eq!((seen.lag, seen.parked), (Duration::ZERO, 1));
    }
}

async fn run(database: &Database, sql: &str) {
    database.write().execute_unprepared(sql).await.unwrap();
}
