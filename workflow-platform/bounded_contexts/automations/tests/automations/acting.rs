//! What rules do when they fire.

use std::sync::atomic::Ordering;

use automations::domain::FiringState;
use serde_json::json;
use shared_kernel::domain::PageRequest;
use uuid::Uuid;

use crate::support::{noting, worlds};

#[tokio::test]
async fn every_action_is_done_as_the_event_says_and_noted() {
    for world in worlds().await {
        let (definition, execution, trigger) =
            (world.ambient.uuid(), world.ambient.uuid(), world.ambient.uuid());
        let row = world
            .keep(noting(&json!({ "actions": [
                { "kind": "notify", "title": "@/event/kind", "body": "@/event/payload/n" },
                { "kind": "email", "subject": "two\nlines", "body": "<b>& \"so\"" },
                { "kind": "run_workflow", "definition_id": definition,
                  "params": "@/event/payload" },
                { "kind": "cancel_execution", "execution_id": "${{@/event/payload/execution_id}}" },
                { "kind": "pause_schedule", "trigger_id": trigger },
            ] })))
            .await;
        let payload = json!({ "n": 5, "execution_id": execution });
        let firing = world.fire(&row, payload.clone()).await;
        assert_eq!(firing.state, FiringState::Done, "{}: {firing:?}", world.test.name);
        let started = firing.outcomes[2].as_ref().unwrap();
        assert_eq!(started.result["execution_id"], json!(Uuid::from_u128(77)));
        let outside = &world.outside;
        {
            let deeds = outside.deeds.lock();
            assert_eq!((deeds[0].definition, &deeds[0].params), (definition, &payload));
            assert_eq!(deeds[0].depth, 1, "one more than the run that it comes from");
        }
        assert_eq!(*outside.cancelled.lock(), [execution]);
        assert_eq!(*outside.paused.lock(), [trigger]);
        {
            let mails = outside.mails.lock();
            assert_eq!(
                (mails[0].to.as_str(), mails[0].subject.as_str()),
                ("ada@example.com", "two lines")
            );
            assert!(mails[0].html.contains("&lt;b&gt;&amp; &quot;so&quot;"), "{}", mails[0].html);
        }
        let notes = world.service.notifications(&world.ada, true, PageRequest::default()).await;
        let note = notes.unwrap().items.remove(0);
        assert_eq!((note.title.as_str(), note.body.as_str()), ("execution.finished", "5"));
        world.act(&firing).await.unwrap();
        assert_eq!((outside.mails.lock().len(), outside.deeds.lock().len()), (1, 1), "once");
    }
}

#[tokio::test]
async fn one_action_that_fails_keeps_nothing_from_the_others() {
    for world in worlds().await {
        let row = world
            .keep(noting(&json!({ "actions": [
                { "kind": "pause_schedule", "trigger_id": Uuid::nil() },
                { "kind": "cancel_execution", "execution_id": "${{@/event/payload/n}}" },
                { "kind": "notify", "title": "still" },
            ] })))
            .await;
        let firing = world.fire(&row, json!({ "n": 1 })).await;
        assert_eq!(firing.state, FiringState::Failed, "{}", world.test.name);
        let error = |index: usize| firing.outcomes[index].as_ref().unwrap().error.clone();
        assert_eq!(error(0).unwrap(), "there is no such trigger");
        assert!(error(1).unwrap().contains("is no id"));
        assert!(firing.outcomes[2].as_ref().unwrap().done);
    }
}

#[tokio::test]
async fn what_cannot_be_done_now_is_tried_again_and_what_was_done_is_not() {
    for world in worlds().await {
        let actions = json!([
            { "kind": "email", "subject": "s", "body": "b" },
            { "kind": "run_workflow", "definition_id": world.ambient.uuid() },
        ]);
        let row = world.keep(noting(&json!({ "actions": actions }))).await;
        world.happen("execution.finished", json!({ "n": 1 })).await;
        let firing = world.firings(&row).await.remove(0);
        world.outside.failures.store(1, Ordering::SeqCst);
        assert!(world.act(&firing).await.is_err(), "the mail server is away");
        assert_eq!(world.firings(&row).await[0].state, FiringState::Pending);
        world.act(&firing).await.unwrap();
        let ended = world.firings(&row).await.remove(0);
        assert_eq!((ended.state, ended.attempts), (FiringState::Done, 2), "{}", world.test.name);
        assert_eq!(world.outside.mails.lock().len(), 1);
        assert_eq!(world.outside.deeds.lock().len(), 1, "it was done the first time");
    }
}

#[tokio::test]
async fn what_never_works_is_given_up() {
    for world in worlds().await {
        let row = world
            .keep(noting(&json!({ "actions": [{ "kind": "email", "subject": "s", "body": "b" }] })))
            .await;
        world.happen("execution.finished", json!({ "n": 1 })).await;
        let firing = world.firings(&row).await.remove(0);
        world.outside.failures.store(100, Ordering::SeqCst);
        for _ in 0..7 {
            assert!(world.act(&firing).await.is_err());
        }
        world.act(&firing).await.unwrap();
        let ended = world.firings(&row).await.remove(0);
        assert_eq!(ended.state, FiringState::Failed, "{}", world.test.name);
        assert!(ended.outcomes[0].as_ref().unwrap().error.as_ref().unwrap().contains("given up"));
    }
}

#[tokio::test]
async fn an_expression_that_fails_is_told_in_the_history() {
    for world in worlds().await {
        let row = world.keep(noting(&json!({}))).await;
        world.happen("execution.finished", json!({})).await;
        let firing = world.firings(&row).await.remove(0);
        assert_eq!(firing.state, FiringState::Failed, "{}", world.test.name);
        assert_eq!(firing.reason.unwrap(), "actions[0].body: no /event/payload/n");
    }
}
