//! Rules that fire at times: by a timetable, and when an event does not come.

use std::{sync::atomic::Ordering, time::Duration};

use automations::{
    application::{AutomationError, AutomationRow, DryRun, TriedEvent},
    domain::{FiringState, Rule},
};
use serde_json::{Value, json};
use shared_kernel::{
    application::{EntitlementsError, TooOften},
    domain::{ErrorKind, Fault as _},
};

use crate::support::{World, noting, rule_of, worlds};

const MINUTE: Duration = Duration::from_mins(1);

/// Every so many minutes, in the timetables of these tests.
fn timed(minutes: &str) -> Value {
    let trigger = json!({ "event": "automation.scheduled", "schedule": { "cron": minutes } });
    let actions =
        json!([{ "kind": "notify", "title": "@/event/kind", "body": "@/event/payload/due_at" }]);
    noting(&json!({ "trigger": trigger, "actions": actions }))
}

fn absent(minutes: u32) -> Value {
    let trigger = json!({
        "event": "dataset.changed",
        "if": "@/event/payload/yes",
        "absence": { "within_seconds": minutes * 60 },
    });
    let actions =
        json!([{ "kind": "notify", "title": "@/event/kind", "body": "@/event/payload/since" }]);
    noting(&json!({ "trigger": trigger, "actions": actions }))
}

impl World {
    async fn lap(&self) -> usize {
        self.service.fire_due().await.unwrap()
    }

    async fn minutes(&self, count: u32) -> usize {
        let mut fired = 0;
        for _ in 0..count {
            self.clock.advance(MINUTE);
            fired += self.lap().await;
        }
        fired
    }

    async fn shown(&self, row: &AutomationRow) -> AutomationRow {
        self.service.show(&self.ada, row.id).await.unwrap()
    }
}

#[tokio::test]
async fn a_timetable_fires_at_its_times_once_each() {
    for world in worlds().await {
        let row = world.keep(timed("10")).await;
        let first = row.due_at.unwrap();
        assert_eq!(world.lap().await, 0, "{}: not before its time", world.test.name);
        world.clock.advance(MINUTE * 10);
        let tried = tokio::join!(world.lap(), world.lap(), world.lap());
        assert_eq!(tried.0 + tried.1 + tried.2, 1, "{}", world.test.name);
        let firing = world.firings(&row).await.remove(0);
        assert_eq!(firing.told["kind"], "schedule");
        assert_eq!(firing.told["event"]["payload"]["due_at"], json!(first));
        world.act(&firing).await.unwrap();
        assert_eq!(world.firings(&row).await[0].state, FiringState::Done);
        assert_eq!(world.shown(&row).await.due_at, Some(first.plus(MINUTE * 10)));
        assert_eq!(world.minutes(30).await, 3);
    }
}

#[tokio::test]
async fn times_that_passed_while_nobody_looked_count_as_one() {
    for world in worlds().await {
        let row = world.keep(timed("10")).await;
        world.clock.advance(MINUTE * 95);
        assert_eq!((world.lap().await, world.lap().await), (1, 0), "{}", world.test.name);
        let due = world.shown(&row).await.due_at.unwrap();
        assert!(due > world.ambient.now() && due <= world.ambient.now().plus(MINUTE * 10));
    }
}

#[tokio::test]
async fn a_timetable_rests_while_it_is_switched_off_and_may_fire_every_minute() {
    for world in worlds().await {
        let row = world.keep(timed("1")).await;
        assert_eq!(world.minutes(90).await, 90, "{}: no limit holds it back", world.test.name);
        let off = world.service.switch(&world.ada, row.id, false).await.unwrap();
        assert_eq!(off.due_at, None);
        assert_eq!(world.minutes(5).await, 0);
        let on = world.service.switch(&world.ada, row.id, true).await.unwrap();
        assert!(on.due_at.unwrap() > world.ambient.now());
        assert_eq!(world.minutes(2).await, 2);
    }
}

#[tokio::test]
async fn an_event_that_does_not_come_is_missed_once_until_it_came_again() {
    for world in worlds().await {
        let row = world.keep(absent(30)).await;
        for _ in 0..4 {
            assert_eq!(world.minutes(20).await, 0, "{}", world.test.name);
            world.happen("dataset.changed", json!({ "yes": true })).await;
        }
        let since = world.ambient.now();
        assert_eq!(world.minutes(20).await, 0);
        world.happen("dataset.changed", json!({ "yes": false })).await;
        world.happen("dataset.created", json!({ "yes": true })).await;
        assert_eq!(world.minutes(20).await, 1, "neither was the one");
        assert_eq!(world.minutes(120).await, 0, "once");
        let firing = world.firings(&row).await.remove(0);
        assert_eq!(firing.told["kind"], "absence");
        assert_eq!(firing.told["event"]["payload"]["event"], "dataset.changed");
        assert_eq!(firing.told["event"]["payload"]["since"], json!(since));
        world.happen("dataset.changed", json!({ "yes": true })).await;
        assert_eq!(world.minutes(31).await, 1, "it came, and is missed again");
        assert_eq!(world.firings(&row).await.len(), 2);
    }
}

#[tokio::test]
async fn what_happened_but_was_not_heard_of_yet_is_not_missed() {
    for world in worlds().await {
        let row = world.keep(absent(30)).await;
        world.clock.advance(MINUTE * 20);
        world.put_in_outbox(&world.event("dataset.changed", json!({ "yes": true }))).await;
        assert_eq!(world.minutes(15).await, 0, "{}", world.test.name);
        assert!(world.firings(&row).await.is_empty());
        assert_eq!(world.minutes(20).await, 1);
    }
}

#[tokio::test]
async fn faults_of_times_are_told_with_their_path() {
    for world in worlds().await {
        let trigger = |trigger: Value| noting(&json!({ "trigger": trigger }));
        let timetable = |more: Value| {
            let mut all = json!({ "event": "automation.scheduled", "schedule": { "cron": "5" } });
            all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            trigger(all)
        };
        for (rule, path) in [
            (timetable(json!({ "schedule": { "cron": "x" } })), "trigger.schedule.cron"),
            (timetable(json!({ "schedule": { "cron": "" } })), "trigger.schedule.cron"),
            (timetable(json!({ "schedule": { "cron": "never" } })), "trigger.schedule.cron"),
            (timetable(json!({ "schedule": { "cron": "0.5" } })), "trigger.schedule.cron"),
            (
                timetable(json!({ "schedule": { "cron": "5", "timezone": "Mars" } })),
                "trigger.schedule.timezone",
            ),
            (timetable(json!({ "event": "dataset.*" })), "trigger.event"),
            (timetable(json!({ "if": "true" })), "trigger.if"),
            (timetable(json!({ "absence": { "within_seconds": 60 } })), "trigger.absence"),
            (trigger(json!({ "event": "automation.scheduled" })), "trigger.schedule"),
            (
                trigger(json!({ "event": "dataset.*", "absence": { "within_seconds": 59 } })),
                "trigger.absence.within_seconds",
            ),
            (
                trigger(json!({
                    "event": "dataset.*",
                    "absence": { "within_seconds": 60 },
                    "threshold": { "count": 2, "within_seconds": 60 },
                })),
                "trigger.threshold",
            ),
        ] {
            let refused = world.service.create(&world.ada, rule_of(rule)).await;
            let Err(AutomationError::Fields(fields)) = refused else {
                panic!("{path}: {refused:?}")
            };
            assert_eq!(fields.into_keys().collect::<Vec<_>>(), [path], "{}", world.test.name);
        }
    }
}

#[tokio::test]
async fn a_dry_run_shows_what_would_be_done_now() {
    for world in worlds().await {
        for (rule, kind) in
            [(timed("10"), "automation.scheduled"), (absent(5), "automation.event_absent")]
        {
            let rule = rule_of(rule);
            let tried = world.service.try_rule(&world.ada, &rule, DryRun::Latest(20)).await;
            let tried = tried.unwrap();
            assert_eq!((tried.len(), tried[0].outcome), (1, TriedEvent::Fired), "{kind}");
            assert_eq!(tried[0].event.kind, kind, "{}", world.test.name);
            let event = DryRun::Event { kind: "dataset.changed".to_owned(), payload: json!({}) };
            let refused = world.service.try_rule(&world.ada, &rule, event).await;
            assert!(matches!(refused, Err(AutomationError::Fields(_))), "{refused:?}");
        }
    }
}

/// Tells the path of a timetable that the plan does not include.
fn too_often(refused: Result<AutomationRow, AutomationError>) -> String {
    match refused {
        Err(AutomationError::Quota(EntitlementsError::TooOften(TooOften { path, .. }))) => path,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_timetable_is_kept_only_if_the_plan_includes_it() {
    for world in worlds().await {
        world.outside.apart.store(300, Ordering::SeqCst);
        let (service, ada) = (&world.service, &world.ada);
        let fits = world.keep(timed("5")).await;
        let short = || rule_of(timed("4"));
        let path = too_often(service.create(ada, short()).await);
        assert_eq!(path, "trigger.schedule.cron", "{}", world.test.name);
        too_often(service.replace(ada, fits.id, short()).await);
        assert_eq!(world.shown(&fits).await.rule, fits.rule);
        let refused = service.create(ada, short()).await.unwrap_err();
        assert_eq!((refused.kind(), refused.code()), (ErrorKind::Quota, "QUOTA_EXCEEDED"));
        assert_eq!(
            (&refused.details()["allowed"], &refused.details()["used"]),
            (&json!(300), &json!(240))
        );
    }
}

#[tokio::test]
async fn a_lower_plan_has_a_timetable_due_less_often_and_leaves_it_as_it_is() {
    for world in worlds().await {
        let row = world.keep(timed("1")).await;
        assert_eq!(world.minutes(3).await, 3, "{}", world.test.name);
        world.outside.apart.store(300, Ordering::SeqCst);
        let held = |least| world.service.timetables_held_to(row.owner, least);
        assert_eq!(held(MINUTE * 5).await.unwrap(), 1);
        assert_eq!(held(MINUTE).await.unwrap(), 0);
        assert_eq!(world.minutes(1).await, 1, "what was due already");
        assert_eq!(world.minutes(20).await, 4);
        let (service, ada) = (&world.service, &world.ada);
        let renamed = Rule { name: "another".to_owned(), ..row.rule.clone() };
        service.replace(ada, row.id, renamed).await.unwrap();
        service.switch(ada, row.id, false).await.unwrap();
        too_often(service.switch(ada, row.id, true).await);
        world.outside.apart.store(60, Ordering::SeqCst);
        service.switch(ada, row.id, true).await.unwrap();
        assert_eq!(world.minutes(5).await, 5);
    }
}
