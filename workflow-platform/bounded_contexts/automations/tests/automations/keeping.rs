//! Keeping rules.

use std::sync::atomic::Ordering;

use automations::{
    application::{AutomationError, MOST_AUTOMATIONS},
    domain::PRESETS,
};
use serde_json::{Value, json};
use shared_kernel::{
    application::AuthenticationError,
    domain::{Cursor, Locale, PageRequest, Permission},
};

use crate::support::{World, noting, rule_of, worlds};

async fn faults(world: &World, rule: Value) -> Vec<String> {
    match world.service.create(&world.ada, rule_of(rule)).await {
        Err(AutomationError::Fields(fields)) => fields.into_keys().collect(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_rule_is_kept_changed_switched_and_removed_by_its_owner_alone() {
    for world in worlds().await {
        let (service, ada, eve) = (&world.service, &world.ada, world.eve());
        let row = world.keep(noting(&json!({}))).await;
        assert_eq!(service.show(ada, row.id).await.unwrap(), row, "{}", world.test.name);
        let changed = rule_of(noting(&json!({ "name": "other", "cooldown_seconds": 5 })));
        for refused in [
            service.show(&eve, row.id).await.map(drop),
            service.replace(&eve, row.id, changed.clone()).await.map(drop),
            service.switch(&eve, row.id, false).await.map(drop),
            service.delete(&eve, row.id).await,
            service.history(&eve, row.id, PageRequest::default()).await.map(drop),
        ] {
            assert!(matches!(refused, Err(AutomationError::NotFound)), "{refused:?}");
        }
        service.replace(ada, row.id, changed.clone()).await.unwrap();
        let off = service.switch(ada, row.id, false).await.unwrap();
        assert!(!off.rule.enabled && off.rule.name == "other");
        world.happen("execution.finished", json!({ "n": 1 })).await;
        assert!(world.firings(&row).await.is_empty(), "it is switched off");
        service.delete(ada, row.id).await.unwrap();
        assert!(matches!(service.show(ada, row.id).await, Err(AutomationError::NotFound)));
    }
}

#[tokio::test]
async fn what_is_wrong_is_told_with_its_path() {
    for world in worlds().await {
        let trigger = |trigger: Value| noting(&json!({ "trigger": trigger }));
        let actions = |action: Value| noting(&json!({ "actions": [action] }));
        let cases = [
            (noting(&json!({ "name": "" })), "name"),
            (noting(&json!({ "actions": [] })), "actions"),
            (noting(&json!({ "cooldown_seconds": 2_592_001 })), "cooldown_seconds"),
            (trigger(json!({ "event": "user.logged_in" })), "trigger.event"),
            (trigger(json!({ "event": "*" })), "trigger.event"),
            (trigger(json!({ "event": "dataset.*", "if": "bad" })), "trigger.if"),
            (
                trigger(json!({
                    "event": "dataset.*",
                    "threshold": { "count": 2, "within_seconds": 60, "by": "bad" },
                })),
                "trigger.threshold.by",
            ),
            (
                trigger(json!({
                    "event": "dataset.*",
                    "threshold": { "count": 1, "within_seconds": 60 },
                })),
                "trigger.threshold.count",
            ),
            (actions(json!({ "kind": "email", "subject": "s", "body": "bad" })), "actions[0].body"),
            (actions(json!({ "kind": "notify", "title": "a\0" })), "body"),
            (
                actions(json!({ "kind": "pause_schedule", "trigger_id": "mine" })),
                "actions[0].trigger_id",
            ),
            (
                actions(
                    json!({ "kind": "run_workflow", "definition_id": "${{ x }}", "params": 1 }),
                ),
                "actions[0].params",
            ),
        ];
        for (rule, path) in cases {
            assert_eq!(faults(&world, rule).await, [path], "{}", world.test.name);
        }
        let long = json!({ "kind": "run_workflow", "definition_id": "${{ x }}",
            "params": { "x": "y".repeat(70_000) } });
        assert_eq!(faults(&world, actions(long)).await, ["body"]);
    }
}

#[tokio::test]
async fn who_may_not_run_workflows_cannot_have_a_rule_do_it() {
    for world in worlds().await {
        let scopes = [Permission::AutomationRead, Permission::AutomationWrite];
        let key = world.key(scopes.into_iter().collect());
        let id = world.ambient.uuid();
        let denied = [
            (json!({ "kind": "run_workflow", "definition_id": id }), Permission::WorkflowRun),
            (json!({ "kind": "cancel_execution" }), Permission::WorkflowRun),
            (json!({ "kind": "pause_schedule", "trigger_id": id }), Permission::WorkflowWrite),
        ];
        let harmless = world.keep(noting(&json!({}))).await;
        for (action, missing) in denied {
            let rule = rule_of(noting(&json!({ "actions": [action] })));
            for refused in [
                world.service.create(&key, rule.clone()).await,
                world.service.replace(&key, harmless.id, rule).await,
            ] {
                let denied = matches!(&refused, Err(AutomationError::Authentication(
                    AuthenticationError::Denied(permission))) if *permission == missing);
                assert!(denied, "{refused:?}");
            }
        }
        let reader = world.key([Permission::AutomationRead].into_iter().collect());
        assert!(world.service.create(&reader, rule_of(noting(&json!({})))).await.is_err());
        assert!(world.service.list(&reader, PageRequest::default()).await.is_ok());
    }
}

#[tokio::test]
async fn rules_are_listed_page_by_page_and_are_not_without_number() {
    for world in worlds().await {
        for n in 0..MOST_AUTOMATIONS {
            world.keep(noting(&json!({ "name": format!("rule {n}") }))).await;
        }
        let full = world.service.create(&world.ada, rule_of(noting(&json!({})))).await;
        assert!(matches!(full, Err(AutomationError::Full(MOST_AUTOMATIONS))), "{full:?}");
        let first = world.service.list(&world.ada, PageRequest::first(60)).await.unwrap();
        let after = first.next_cursor.map(|text| Cursor::decode(&text).unwrap());
        let rest = PageRequest { limit: 60, after };
        let rest = world.service.list(&world.ada, rest).await.unwrap();
        let all = first.items.iter().chain(&rest.items);
        let names: std::collections::BTreeSet<_> = all.map(|row| &row.rule.name).collect();
        assert_eq!((names.len(), rest.next_cursor), (100, None), "{}", world.test.name);
    }
}

#[tokio::test]
async fn who_signs_up_begins_with_the_rules_of_the_house_once() {
    for world in worlds().await {
        let [give] = automations::event_handlers(&world.service);
        let event = world.event("user.registered", json!({ "locale": "en" }));
        assert!(give.wants(&event.kind));
        for _ in 0..2 {
            let mut work = world.test.database.begin().await.unwrap();
            give.handle(&event, &mut work).await.unwrap();
            work.commit().await.unwrap();
        }
        let rows = world.service.list(&world.ada, PageRequest::default()).await.unwrap().items;
        assert_eq!(rows.len(), PRESETS.len(), "{}", world.test.name);
        let of = |row: &automations::application::AutomationRow| row.preset.clone();
        assert!(rows.iter().any(|row| of(row).as_deref() == Some("failed_run")));
    }
}

#[tokio::test]
async fn the_rules_of_the_house_can_be_kept_in_both_languages() {
    for world in worlds().await {
        for preset in PRESETS {
            for locale in [Locale::En, Locale::ZhCn] {
                world.service.create(&world.ada, preset.rule(locale)).await.unwrap();
            }
        }
    }
}

#[tokio::test]
async fn who_signed_up_before_gets_the_rules_of_the_house_once() {
    for world in worlds().await {
        let mut everybody: Vec<_> = (0..450).map(|_| world.ambient.id()).collect();
        everybody.push(world.ada.user);
        everybody.sort_unstable();
        everybody.clone_into(&mut world.outside.everybody.lock());
        world.outside.failures.store(1, Ordering::SeqCst);
        world.service.furnish_some().await.unwrap_err();
        while world.service.furnish_some().await.unwrap() {}
        let all = async || world.service.list(&world.ada, PageRequest::default()).await.unwrap();
        let rows = all().await.items;
        assert_eq!(rows.len(), PRESETS.len(), "{}", world.test.name);
        assert_eq!(world.count("automations").await, 451 * PRESETS.len());
        world.service.delete(&world.ada, rows[0].id).await.unwrap();
        assert!(!world.service.furnish_some().await.unwrap());
        assert_eq!(all().await.items.len(), PRESETS.len() - 1, "what was removed stays so");
    }
}

#[tokio::test]
async fn two_processes_that_give_the_rules_of_the_house_give_each_once() {
    for world in worlds().await {
        let mut everybody: Vec<_> = (0..450).map(|_| world.ambient.id()).collect();
        everybody.sort_unstable();
        *world.outside.everybody.lock() = everybody;
        let all = async || while world.service.furnish_some().await.unwrap() {};
        tokio::join!(all(), all());
        let expected = 450 * PRESETS.len();
        assert_eq!(world.count("automations").await, expected, "{}", world.test.name);
    }
}
