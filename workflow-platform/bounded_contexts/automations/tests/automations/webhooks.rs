//! Endpoints, and what is delivered to them.

use std::time::Duration;

use automations::{
    application::{AutomationError, DeliveryQuery, EndpointDraft, MOST_ENDPOINTS, MOST_WAITING},
    domain::{Attempt, Delivery, DeliveryState, DisabledReason, Endpoint, FiringState},
};
use serde_json::{Value, json};
use shared_kernel::{
    domain::{Id, PageRequest, Permission},
    infrastructure::seal::Sealer,
};

use crate::{
    receiver::Receiver,
    support::{World, noting, worlds},
};

const HOUR: Duration = Duration::from_hours(1);

fn draft(url: String) -> EndpointDraft {
    EndpointDraft { url, description: "ours".to_owned(), enabled: true }
}

fn sending(endpoint: &Endpoint, data: &Value) -> Value {
    let mut action = json!({ "kind": "webhook", "endpoint_id": endpoint.id });
    if !data.is_null() {
        action["data"] = data.clone();
    }
    noting(&json!({ "actions": [action] }))
}

impl World {
    async fn endpoint(&self, receiver: &Receiver) -> (Endpoint, String) {
        self.service.add_endpoint(&self.ada, draft(receiver.url())).await.unwrap()
    }

    /// All that is due, until nothing is.
    async fn deliver(&self) -> usize {
        let mut tried = 0;
        loop {
            match self.service.deliver_some().await.unwrap() {
                0 => return tried,
                some => tried += some,
            }
        }
    }

    async fn log(&self, endpoint: &Endpoint) -> Vec<Delivery> {
        let query = DeliveryQuery::default();
        self.service.deliveries(&self.ada, endpoint.id, query).await.unwrap().items
    }

    async fn attempts(&self, delivery: &Delivery) -> Vec<Attempt> {
        let found = self.service.delivery(&self.ada, delivery.endpoint, delivery.id).await;
        found.unwrap().1
    }

    async fn kept(&self, endpoint: &Endpoint) -> Endpoint {
        self.service.endpoint(&self.ada, endpoint.id).await.unwrap()
    }

    async fn test(&self, endpoint: &Endpoint) -> Result<Delivery, AutomationError> {
        self.service.test_endpoint(&self.ada, endpoint.id).await
    }
}

#[tokio::test]
async fn a_rule_sends_a_signed_message_once() {
    for world in worlds().await {
        let receiver = Receiver::start().await;
        let (endpoint, secret) = world.endpoint(&receiver).await;
        let row = world.keep(sending(&endpoint, &Value::Null)).await;
        let firing = world.fire(&row, json!({ "n": 1, "said": "你好" })).await;
        assert_eq!(firing.state, FiringState::Done, "{}: {firing:?}", world.test.name);
        world.act(&firing).await.unwrap();
        assert_eq!((world.deliver().await, world.deliver().await), (1, 0));
        let arrived = receiver.arrived();
        assert_eq!(arrived.len(), 1, "once");
        assert_eq!(arrived[0].signed_with(&secret), Some(0), "{:?}", arrived[0]);
        assert_eq!(arrived[0].header("content-type"), "application/json");
        let body: Value = serde_json::from_str(&arrived[0].body).unwrap();
        assert_eq!(body["type"], "execution.finished");
        assert_eq!(body["timestamp"], firing.told["event"]["at"]);
        assert_eq!(body["data"], json!({ "n": 1, "said": "你好" }));
        let delivery = world.log(&endpoint).await.remove(0);
        assert_eq!(firing.outcomes[0].as_ref().unwrap().result["delivery_id"], json!(delivery.id));
        assert_eq!(delivery.message_id(), arrived[0].header("webhook-id"));
        let expected = (DeliveryState::Delivered, Some(204), Some(row.id));
        assert_eq!((delivery.state, delivery.status, delivery.automation), expected);
        let attempts = world.attempts(&delivery).await;
        assert_eq!((attempts.len(), attempts[0].number, attempts[0].status), (1, 1, Some(204)));
        assert!(attempts[0].elapsed >= Duration::from_millis(20), "{:?}", attempts[0].elapsed);
    }
}

#[tokio::test]
async fn a_rule_says_what_is_sent_and_says_why_it_was_not() {
    for world in worlds().await {
        let receiver = Receiver::start().await;
        let (endpoint, _) = world.endpoint(&receiver).await;
        let row = world.keep(sending(&endpoint, &json!("@/event/payload"))).await;
        world.fire(&row, json!({ "n": 1 })).await;
        world.deliver().await;
        let body: Value = serde_json::from_str(&receiver.arrived()[0].body).unwrap();
        assert_eq!(body["data"], json!({ "n": 1 }), "{}", world.test.name);
        let off = EndpointDraft { enabled: false, ..draft(receiver.url()) };
        world.service.change_endpoint(&world.ada, endpoint.id, off).await.unwrap();
        let error = |firing: automations::domain::Firing| firing.outcomes[0].clone().unwrap().error;
        let firing = world.fire(&row, json!({ "n": 2 })).await;
        assert!(error(firing).unwrap().contains("disabled"));
        let hers = world.service.add_endpoint(&world.eve(), draft(receiver.url())).await.unwrap();
        let row = world.keep(sending(&hers.0, &Value::Null)).await;
        let firing = world.fire(&row, json!({ "n": 3 })).await;
        assert!(error(firing).unwrap().contains("no such"), "another's does not exist");
        assert_eq!((world.deliver().await, receiver.arrived().len()), (0, 1));
    }
}

#[tokio::test]
async fn what_fails_is_tried_again_over_days_then_given_up_and_can_be_sent_again() {
    for world in worlds().await {
        let receiver = Receiver::start().await;
        let (endpoint, secret) = world.endpoint(&receiver).await;
        receiver.answer([(500, "broken"), (302, ""), (404, "")]);
        let delivery = world.test(&endpoint).await.unwrap();
        assert_eq!(world.deliver().await, 1);
        assert_eq!(world.deliver().await, 0, "not before its time");
        world.clock.advance(Duration::from_secs(7));
        assert_eq!(world.deliver().await, 1, "after five seconds, more or less");
        world.clock.advance(Duration::from_mins(7));
        assert_eq!(world.deliver().await, 1, "a redirect is not followed");
        let found = world.log(&endpoint).await.remove(0);
        assert_eq!((found.state, found.attempts), (DeliveryState::Pending, 3));
        assert!(matches!(
            world.service.redeliver(&world.ada, endpoint.id, delivery.id).await,
            Err(AutomationError::DeliveryPending)
        ));
        world.clock.advance(HOUR);
        assert_eq!(world.deliver().await, 1);
        let found = world.log(&endpoint).await.remove(0);
        assert_eq!((found.state, found.error), (DeliveryState::Delivered, None));
        let attempts = world.attempts(&delivery).await;
        let statuses: Vec<_> = attempts.iter().map(|attempt| attempt.status).collect();
        assert_eq!(statuses, [204, 404, 302, 500].map(Some), "{}", world.test.name);
        assert_eq!(attempts[3].answer.as_deref(), Some("broken"));
        assert!(attempts[3].error.as_ref().unwrap().contains("500"));
        assert_eq!(world.kept(&endpoint).await.failing_since, None, "it works again");
        world.service.redeliver(&world.ada, endpoint.id, delivery.id).await.unwrap();
        assert_eq!(world.deliver().await, 1);
        let arrived = receiver.arrived();
        let ids: std::collections::HashSet<_> =
            arrived.iter().map(|one| one.header("webhook-id").to_owned()).collect();
        assert_eq!((arrived.len(), ids.len()), (5, 1), "the id is that of the message");
        assert!(arrived.iter().all(|one| one.signed_with(&secret) == Some(0)));
        let times: Vec<_> = arrived.iter().map(|one| one.header("webhook-timestamp")).collect();
        assert!(times[0] < times[3], "the time is that of the attempt");
    }
}

#[tokio::test]
async fn an_endpoint_that_fails_for_days_is_disabled_and_its_owner_told_once() {
    for world in worlds().await {
        let receiver = Receiver::start().await;
        let (endpoint, _) = world.endpoint(&receiver).await;
        receiver.answer(std::iter::repeat_n((503, "away"), 40));
        world.test(&endpoint).await.unwrap();
        for _ in 0..100 {
            world.deliver().await;
            world.clock.advance(HOUR);
        }
        let delivery = world.log(&endpoint).await.remove(0);
        assert_eq!((delivery.state, delivery.attempts), (DeliveryState::Failed, 10));
        // The waits may end before the third day does; then the next message shows it.
        if world.kept(&endpoint).await.enabled {
            world.test(&endpoint).await.unwrap();
            world.deliver().await;
        }
        let kept = world.kept(&endpoint).await;
        assert!(!kept.enabled, "{}: {kept:?}", world.test.name);
        assert_eq!(kept.disabled_reason, Some(DisabledReason::Failing));
        let notes = world.service.notifications(&world.ada, true, PageRequest::default()).await;
        let notes = notes.unwrap().items;
        assert_eq!(notes.len(), 1, "{notes:?}");
        assert!(notes[0].body.contains(&receiver.url()), "{notes:?}");
        assert!(matches!(world.test(&endpoint).await, Err(AutomationError::EndpointDisabled)));
        let again = world.service.change_endpoint(&world.ada, endpoint.id, draft(receiver.url()));
        let again = again.await.unwrap();
        assert_eq!((again.enabled, again.disabled_reason, again.failing_since), (true, None, None));
    }
}

#[tokio::test]
async fn an_endpoint_that_is_gone_is_disabled_at_once_and_what_waits_for_it_has_failed() {
    for world in worlds().await {
        let receiver = Receiver::start().await;
        let (endpoint, _) = world.endpoint(&receiver).await;
        receiver.answer([(500, "")]);
        world.test(&endpoint).await.unwrap();
        world.deliver().await;
        receiver.answer([(410, "")]);
        world.test(&endpoint).await.unwrap();
        world.deliver().await;
        let kept = world.kept(&endpoint).await;
        assert_eq!(kept.disabled_reason, Some(DisabledReason::Gone), "{}", world.test.name);
        world.clock.advance(Duration::from_mins(1));
        world.deliver().await;
        let log = world.log(&endpoint).await;
        assert!(log.iter().all(|one| one.state == DeliveryState::Failed), "{log:?}");
        assert_eq!(log[1].error.as_deref(), Some("the endpoint is disabled"));
        assert_eq!(receiver.arrived().len(), 2, "nothing was sent there any more");
        world.service.remove_endpoint(&world.ada, endpoint.id).await.unwrap();
        let query = DeliveryQuery::default();
        let hidden = world.service.deliveries(&world.ada, endpoint.id, query).await;
        assert!(matches!(hidden, Err(AutomationError::NoEndpoint)), "{hidden:?}");
    }
}

#[tokio::test]
async fn an_endpoint_may_ask_for_a_longer_wait() {
    for world in worlds().await {
        let receiver = Receiver::start().await;
        let (endpoint, _) = world.endpoint(&receiver).await;
        receiver.answer([(429, "")]);
        world.test(&endpoint).await.unwrap();
        world.deliver().await;
        world.clock.advance(HOUR);
        assert_eq!(world.deliver().await, 0, "{}: it asked for two hours", world.test.name);
        world.clock.advance(HOUR);
        assert_eq!(world.deliver().await, 1);
    }
}

#[tokio::test]
async fn for_a_day_both_secrets_sign_then_the_new_one_alone() {
    for world in worlds().await {
        let receiver = Receiver::start().await;
        let (endpoint, old) = world.endpoint(&receiver).await;
        let (rotated, new) = world.service.rotate_secret(&world.ada, endpoint.id).await.unwrap();
        assert!(new.starts_with("whsec_") && new != old);
        assert_eq!(rotated.old_secret_until, Some(world.ambient.now().plus(HOUR * 24)));
        for hours in [0, 23, 2] {
            world.clock.advance(HOUR * hours);
            world.test(&endpoint).await.unwrap();
            world.deliver().await;
        }
        let signed: Vec<_> = receiver
            .arrived()
            .iter()
            .map(|one| (one.signed_with(&new), one.signed_with(&old)))
            .collect();
        let both = (Some(0), Some(1));
        assert_eq!(signed, [both, both, (Some(0), None)], "{}", world.test.name);
    }
}

#[tokio::test]
async fn two_processes_never_try_a_delivery_at_once() {
    for world in worlds().await {
        let receiver = Receiver::start().await;
        let mut endpoints = Vec::new();
        for _ in 0..5 {
            let (endpoint, _) = world.endpoint(&receiver).await;
            for _ in 0..10 {
                world.test(&endpoint).await.unwrap();
            }
            endpoints.push(endpoint);
        }
        let tried = tokio::join!(world.deliver(), world.deliver(), world.deliver());
        assert_eq!(tried.0 + tried.1 + tried.2, 50, "{}", world.test.name);
        let ids: std::collections::HashSet<_> =
            receiver.arrived().iter().map(|one| one.header("webhook-id").to_owned()).collect();
        assert_eq!((receiver.arrived().len(), ids.len()), (50, 50));
    }
}

#[tokio::test]
async fn a_process_that_died_leaves_its_deliveries_to_others_and_can_write_nothing_any_more() {
    for world in worlds().await {
        let receiver = Receiver::start().await;
        let (endpoint, _) = world.endpoint(&receiver).await;
        world.test(&endpoint).await.unwrap();
        receiver.answer([(500, "")]);
        // It is cut off while it waits for the answer.
        tokio::select! {
            biased;
            () = receiver.called() => {}
            _ = world.service.deliver_some() => panic!("delivered without a call"),
        }
        assert_eq!(world.deliver().await, 0, "{}: it is still in its hands", world.test.name);
        world.clock.advance(Duration::from_mins(2));
        receiver.answer([(204, "")]);
        world.deliver().await;
        world.clock.advance(HOUR);
        world.deliver().await;
        let delivery = world.log(&endpoint).await.remove(0);
        assert_eq!(delivery.state, DeliveryState::Delivered, "{}", world.test.name);
    }
}

#[tokio::test]
async fn endpoints_belong_to_their_owner_and_their_secrets_are_sealed() {
    for world in worlds().await {
        let (service, ada, eve) = (&world.service, &world.ada, world.eve());
        let receiver = Receiver::start().await;
        let (endpoint, secret) = world.endpoint(&receiver).await;
        let delivery = world.test(&endpoint).await.unwrap();
        let nowhere = draft("ftp://x".to_owned());
        let faults = service.add_endpoint(ada, nowhere).await;
        assert!(matches!(faults, Err(AutomationError::Fields(_))), "{faults:?}");
        let query = DeliveryQuery::default();
        for refused in [
            service.endpoint(&eve, endpoint.id).await.map(drop),
            service.change_endpoint(&eve, endpoint.id, draft(receiver.url())).await.map(drop),
            service.rotate_secret(&eve, endpoint.id).await.map(drop),
            service.test_endpoint(&eve, endpoint.id).await.map(drop),
            service.deliveries(&eve, endpoint.id, query).await.map(drop),
            service.delivery(&eve, endpoint.id, delivery.id).await.map(drop),
            service.redeliver(&eve, endpoint.id, delivery.id).await.map(drop),
            service.remove_endpoint(&eve, endpoint.id).await,
        ] {
            assert!(matches!(refused, Err(AutomationError::NoEndpoint)), "{refused:?}");
        }
        let hers = service.add_endpoint(&eve, draft(receiver.url())).await.unwrap().0;
        for refused in [
            service.delivery(&eve, hers.id, delivery.id).await.map(drop),
            service.redeliver(&eve, hers.id, delivery.id).await.map(drop),
        ] {
            assert!(matches!(refused, Err(AutomationError::NoDelivery)), "{refused:?}");
        }
        let reader = world.key([Permission::AutomationRead].into_iter().collect());
        assert!(service.endpoints(&reader, PageRequest::default()).await.is_ok());
        assert!(service.rotate_secret(&reader, endpoint.id).await.is_err());
        let stored = world.stored_secret(endpoint.id).await;
        assert!(!stored.contains(&secret) && stored.starts_with("v2."), "{stored}");
        let other = Sealer::new(&[8; 32], world.ambient.clone());
        assert!(other.open(&automations::application::place(endpoint.id), &stored).is_err());
    }
}

#[tokio::test]
async fn endpoints_and_waiting_deliveries_are_not_without_number() {
    for world in worlds().await {
        let receiver = Receiver::start().await;
        let (endpoint, _) = world.endpoint(&receiver).await;
        for _ in 1..MOST_ENDPOINTS {
            world.endpoint(&receiver).await;
        }
        let full = world.service.add_endpoint(&world.ada, draft(receiver.url())).await;
        assert!(matches!(full, Err(AutomationError::Full(MOST_ENDPOINTS))), "{full:?}");
        for _ in 0..MOST_WAITING {
            world.test(&endpoint).await.unwrap();
        }
        let full = world.test(&endpoint).await;
        assert!(matches!(full, Err(AutomationError::TooManyWaiting)), "{full:?}");
        let page = world.service.endpoints(&world.ada, PageRequest::first(30)).await.unwrap();
        assert!(page.items.len() == 30 && page.next_cursor.is_some(), "{}", world.test.name);
    }
}

#[tokio::test]
async fn deliveries_are_filtered_and_forgotten_after_a_month() {
    for world in worlds().await {
        let receiver = Receiver::start().await;
        let (endpoint, _) = world.endpoint(&receiver).await;
        receiver.answer([(500, "")]);
        world.test(&endpoint).await.unwrap();
        world.deliver().await;
        world.test(&endpoint).await.unwrap();
        world.deliver().await;
        for (state, count) in [
            (None, 2),
            (Some(DeliveryState::Pending), 1),
            (Some(DeliveryState::Delivered), 1),
            (Some(DeliveryState::Failed), 0),
        ] {
            let query = DeliveryQuery { state, ..DeliveryQuery::default() };
            let found = world.service.deliveries(&world.ada, endpoint.id, query).await.unwrap();
            assert_eq!(found.items.len(), count, "{state:?}, {}", world.test.name);
        }
        world.clock.advance(HOUR * 24 * 31);
        assert_eq!(world.service.prune().await.unwrap(), 4, "two deliveries, an attempt each");
        assert!(world.log(&endpoint).await.is_empty());
    }
}

impl World {
    async fn stored_secret(&self, endpoint: Id<Endpoint>) -> String {
        use sea_orm::ConnectionTrait as _;
        let database = &self.test.database;
        let sql = "SELECT secret FROM webhook_endpoints WHERE id = $1";
        let row = database.read().query_one_raw(database.statement(sql, [endpoint.into()])).await;
        row.unwrap().unwrap().try_get("", "secret").unwrap()
    }
}
