//! Trying rules without effect.

use automations::{
    application::{
        AutomationError, DryRun,
        TriedEvent::{self, Counted, Fired, Rested},
    },
    domain::Action,
};
use serde_json::json;

use crate::support::{noting, rule_of, worlds};

#[tokio::test]
async fn a_rule_is_tried_with_what_happened_lately_and_nothing_is_done() {
    for world in worlds().await {
        for n in 0..6 {
            world.clock.advance(std::time::Duration::from_secs(1));
            world.put_in_outbox(&world.event("execution.finished", json!({ "n": n }))).await;
            world.put_in_outbox(&world.event("user.logged_in", json!({ "n": n }))).await;
            let mut other = world.event("execution.finished", json!({ "n": n }));
            other.user = Some(world.eve().user);
            world.put_in_outbox(&other).await;
        }
        let trigger = json!({
            "event": "execution.*",
            "threshold": { "count": 2, "within_seconds": 60 },
        });
        let rule = noting(&json!({ "trigger": trigger, "cooldown_seconds": 3 }));
        let row = world.keep(rule).await;
        let tried = world.service.try_kept(&world.ada, row.id, DryRun::Latest(5)).await.unwrap();
        let outcomes: Vec<_> = tried.iter().map(|one| one.outcome).collect();
        let expected = [Counted(1), Rested, Counted(1), Fired, Counted(1)];
        assert_eq!(outcomes, expected, "{}", world.test.name);
        let Action::Notify { body, .. } = &tried[3].actions[0] else { panic!("{tried:?}") };
        assert_eq!(body, "2");
        assert!(world.firings(&row).await.is_empty());
        assert_eq!(world.service.unread(&world.ada).await.unwrap(), 0);
    }
}

#[tokio::test]
async fn a_draft_is_tried_with_an_event_that_is_made_up() {
    for world in worlds().await {
        let made = |kind: &str| DryRun::Event { kind: kind.to_owned(), payload: json!({}) };
        let rule = rule_of(noting(&json!({})));
        let tried = world.service.try_rule(&world.ada, &rule, made("execution.finished")).await;
        let tried = tried.unwrap();
        assert_eq!(tried[0].outcome, TriedEvent::Failed, "{}", world.test.name);
        assert_eq!(tried[0].reason.as_deref(), Some("actions[0].body: no /event/payload/n"));
        let ignored = world.service.try_rule(&world.ada, &rule, made("dataset.changed")).await;
        assert_eq!(ignored.unwrap()[0].outcome, TriedEvent::Ignored);
        let hidden = world.service.try_rule(&world.ada, &rule, made("user.registered")).await;
        assert!(matches!(hidden, Err(AutomationError::Fields(_))), "{hidden:?}");
    }
}
