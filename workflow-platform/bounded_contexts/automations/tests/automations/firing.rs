//! When rules fire.

use std::{sync::atomic::Ordering, time::Duration};

use automations::{
    application::{DEEPEST, MOST_FIRINGS_AN_HOUR},
    domain::FiringState,
};
use serde_json::{Value, json};

use crate::support::{World, noting, worlds};

async fn bodies(world: &World, row: &automations::application::AutomationRow) -> Vec<Value> {
    let firings = world.firings(row).await;
    firings.iter().map(|firing| firing.told["event"]["payload"]["n"].clone()).collect()
}

#[tokio::test]
async fn an_event_that_comes_twice_fires_once() {
    for world in worlds().await {
        let row = world.keep(noting(&json!({}))).await;
        let event = world.happen("execution.finished", json!({ "n": 1 })).await;
        world.hear(&event).await;
        world.happen("execution.finished", json!({ "n": 2 })).await;
        assert_eq!(bodies(&world, &row).await, [2, 1], "{}", world.test.name);
        let kept = world.service.show(&world.ada, row.id).await.unwrap();
        assert_eq!((kept.fired, kept.left_out), (2, 0));
    }
}

#[tokio::test]
async fn patterns_and_conditions_choose_among_events() {
    for world in worlds().await {
        let all = world.keep(noting(&json!({ "trigger": { "event": "dataset.*" } }))).await;
        let trigger = json!({ "event": "dataset.changed", "if": "@/event/payload/yes" });
        let some = world.keep(noting(&json!({ "trigger": trigger }))).await;
        world.happen("dataset.changed", json!({ "n": 1, "yes": true })).await;
        world.happen("dataset.changed", json!({ "n": 2, "yes": false })).await;
        world.happen("dataset.created", json!({ "n": 3, "yes": true })).await;
        world.happen("execution.finished", json!({ "n": 4, "yes": true })).await;
        assert_eq!(bodies(&world, &all).await, [3, 2, 1], "{}", world.test.name);
        assert_eq!(bodies(&world, &some).await, [1]);
        world.happen("dataset.changed", json!({ "n": 5, "yes": 7 })).await;
        let odd = world.firings(&some).await.remove(0);
        assert_eq!(odd.state, FiringState::Failed);
        assert!(odd.reason.unwrap().contains("true or false"));
    }
}

#[tokio::test]
async fn events_of_others_and_of_accounts_are_not_heard() {
    for world in worlds().await {
        let row = world.keep(noting(&json!({}))).await;
        let mut event = world.event("execution.finished", json!({ "n": 1 }));
        event.user = Some(world.eve().user);
        world.hear(&event).await;
        world.happen("user.registered", json!({ "n": 2 })).await;
        world.happen("automation.fired", json!({ "n": 3 })).await;
        assert!(world.firings(&row).await.is_empty(), "{}", world.test.name);
    }
}

#[tokio::test]
async fn the_third_within_an_hour_fires_group_by_group() {
    for world in worlds().await {
        let threshold = json!({ "count": 3, "within_seconds": 3600, "by": "@/event/payload/of" });
        let trigger = json!({ "event": "execution.finished", "threshold": threshold });
        let row = world.keep(noting(&json!({ "trigger": trigger }))).await;
        let end = async |n: u32, of: &str| {
            world.clock.advance(Duration::from_mins(10));
            world.happen("execution.finished", json!({ "n": n, "of": of })).await
        };
        let first = end(1, "a").await;
        world.hear(&first).await;
        end(2, "b").await;
        end(3, "a").await;
        assert!(world.firings(&row).await.is_empty(), "one that comes twice counts once");
        end(4, "a").await;
        assert_eq!(bodies(&world, &row).await, [4], "{}", world.test.name);
        end(5, "a").await;
        world.clock.advance(Duration::from_hours(2));
        end(6, "a").await;
        end(7, "a").await;
        assert_eq!(bodies(&world, &row).await, [4], "what is long ago does not count");
    }
}

#[tokio::test]
async fn a_rule_rests_after_it_fired_and_tells_what_it_left_out() {
    for world in worlds().await {
        let row = world.keep(noting(&json!({ "cooldown_seconds": 60 }))).await;
        for n in 1..=3 {
            world.happen("execution.finished", json!({ "n": n })).await;
        }
        let kept = world.service.show(&world.ada, row.id).await.unwrap();
        assert_eq!((kept.fired, kept.left_out), (1, 2), "{}", world.test.name);
        world.clock.advance(Duration::from_mins(1));
        world.happen("execution.finished", json!({ "n": 4 })).await;
        assert_eq!(bodies(&world, &row).await, [4, 1]);
    }
}

#[tokio::test]
async fn rules_that_set_themselves_off_are_held_back() {
    for world in worlds().await {
        let row = world.keep(noting(&json!({}))).await;
        world.outside.depth.store(DEEPEST - 1, Ordering::SeqCst);
        let payload = json!({ "n": 1, "execution_id": world.ambient.uuid() });
        world.happen("execution.finished", payload.clone()).await;
        assert_eq!(world.firings(&row).await[0].depth, DEEPEST);
        world.outside.depth.store(DEEPEST, Ordering::SeqCst);
        for _ in 0..3 {
            world.happen("execution.finished", payload.clone()).await;
        }
        let firings = world.firings(&row).await;
        assert_eq!(firings.len(), 2, "it is said once an hour, on {}", world.test.name);
        assert_eq!(firings[0].state, FiringState::HeldBack);
        assert!(firings[0].reason.as_ref().unwrap().contains("deep"));
        world.act(&firings[0]).await.unwrap();
        assert!(world.outside.mails.lock().is_empty());
    }
}

#[tokio::test]
async fn a_rule_fires_so_often_an_hour_and_no_more() {
    for world in worlds().await {
        let row = world.keep(noting(&json!({}))).await;
        for n in 0..MOST_FIRINGS_AN_HOUR + 5 {
            world.happen("execution.finished", json!({ "n": n })).await;
        }
        let firings = world.firings(&row).await;
        let most = usize::try_from(MOST_FIRINGS_AN_HOUR).unwrap();
        assert_eq!(firings.len(), most + 1, "{}", world.test.name);
        assert_eq!(firings[0].state, FiringState::HeldBack);
        world.clock.advance(Duration::from_mins(61));
        world.happen("execution.finished", json!({ "n": "later" })).await;
        assert_eq!(bodies(&world, &row).await[0], "later");
    }
}

#[tokio::test]
async fn what_is_old_is_forgotten() {
    for world in worlds().await {
        let row = world.keep(noting(&json!({}))).await;
        let firing = world.fire(&row, json!({ "n": 1 })).await;
        assert_eq!(firing.state, FiringState::Done);
        assert_eq!(world.service.prune().await.unwrap(), 0, "{}", world.test.name);
        world.clock.advance(Duration::from_hours(31 * 24));
        assert_eq!(world.service.prune().await.unwrap(), 2, "a firing and its note");
        assert!(world.firings(&row).await.is_empty());
    }
}
