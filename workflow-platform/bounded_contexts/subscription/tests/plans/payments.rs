//! Paying through Stripe, against a server that answers as Stripe does.

mod fake;
mod localstripe;
mod refunds;
mod sweep;
mod year;

use std::{sync::Arc, time::Duration};

use http::StatusCode;
use serde_json::{Value, json};
use shared_kernel::application::Principal;
use subscription::{StripeSettings, SubscriptionModule};

use crate::{World, paid_through, somebody, worlds};
use fake::{FakeStripe, SECRET};

const DAY: Duration = Duration::from_hours(24);

/// A world in which Stripe collects the money.
pub(super) struct Shop {
    pub world: World,
    pub stripe: Arc<FakeStripe>,
}

pub(super) async fn shops() -> Vec<Shop> {
    let mut shops = Vec::new();
    for world in worlds().await {
        let stripe = FakeStripe::start().await;
        let module = module(&world, &stripe);
        shops.push(Shop { world: World { module, ..world }, stripe });
    }
    shops
}

fn module(world: &World, stripe: &FakeStripe) -> Arc<SubscriptionModule> {
    let settings = StripeSettings {
        secret_key: "sk_test_1".into(),
        webhook_secret: SECRET.into(),
        return_url: "https://app.example.com/plan".parse().unwrap(),
        api_url: stripe.address.parse().unwrap(),
    };
    let provider = subscription::stripe(settings).unwrap();
    paid_through(&world.test, &world.ambient, Some(provider))
}

impl Shop {
    /// Somebody with an invoice of 51.94, and its id.
    async fn customer(&self) -> (Principal, String) {
        let who = somebody(&self.world.ambient);
        let body = json!({ "plan": "basic", "interval": "month" });
        let (_, answer) = self.world.post(&who, "/subscription/subscribe", &body).await;
        (who, answer["data"]["invoice"]["id"].as_str().unwrap().to_owned())
    }

    async fn pay(&self, who: &Principal, invoice: &str) -> (StatusCode, Value) {
        self.world.post(who, &format!("/subscription/invoices/{invoice}/pay"), &json!({})).await
    }

    async fn invoice(&self, who: &Principal, id: &str) -> Value {
        self.world.get(who, &format!("/subscription/invoices/{id}")).await.1["data"].take()
    }

    /// An event as Stripe sends it, signed now.
    pub async fn tell(&self, event: &Value) -> (StatusCode, Value) {
        let body = serde_json::to_vec_pretty(event).unwrap();
        let header = fake::signed(SECRET, self.seconds(), &body);
        self.send(Some(&header), body).await
    }

    async fn send(&self, header: Option<&str>, body: Vec<u8>) -> (StatusCode, Value) {
        let mut request = http::Request::post("/subscription/payments/stripe");
        if let Some(header) = header {
            request = request.header("stripe-signature", header);
        }
        let request = request.body(axum::body::Body::from(body)).unwrap();
        crate::answer(&self.world.app(&somebody(&self.world.ambient)), request).await
    }

    fn seconds(&self) -> i64 {
        self.world.ambient.now().micros() / 1_000_000
    }

    async fn told(&self, kind: &str) -> i64 {
        self.world.count(&format!("outbox WHERE kind = '{kind}'")).await
    }
}

pub(super) fn event(id: &str, kind: &str, session: &str) -> Value {
    json!({
        "id": id, "object": "event", "type": format!("checkout.session.{kind}"),
        "data": { "object": { "id": session, "object": "checkout.session" } },
    })
}

#[tokio::test]
async fn a_payment_pays_the_invoice_once_however_often_and_in_whatever_order_it_is_told() {
    for shop in shops().await {
        let (who, invoice) = shop.customer().await;
        let (status, page) = shop.pay(&who, &invoice).await;
        assert_eq!(status, StatusCode::OK, "{page}");
        assert_eq!(page["data"]["amount_minor"], 5_194);
        let session = shop.stripe.only_session();
        assert_eq!(page["data"]["url"], json!(fake::url_of(&session)));
        shop.stripe.set(&session, "complete", "paid");
        let mut events = vec![
            event("evt_3", "async_payment_failed", &session),
            event("evt_2", "expired", &session),
        ];
        events.extend((0..10).map(|_| event("evt_1", "completed", &session)));
        events.push(event("evt_4", "async_payment_succeeded", &session));
        for event in &events {
            let (status, answer) = shop.tell(event).await;
            assert_eq!(status, StatusCode::OK, "{answer}");
        }
        let found = shop.invoice(&who, &invoice).await;
        assert_eq!((&found["status"], &found["paid_minor"]), (&json!("paid"), &json!(5_194)));
        let postings = "ledger_entries WHERE kind = 'payment_received' AND account = 'cash'";
        assert_eq!(shop.world.count(postings).await, 1, "{}", shop.world.test.name);
        assert_eq!((shop.told("invoice.paid").await, shop.told("payment.succeeded").await), (1, 1));
        assert_eq!(shop.world.count("payment_notices").await, 4);
        assert_eq!(shop.world.balanced().await, Ok(()));
        let (status, again) = shop.pay(&who, &invoice).await;
        assert_eq!((status.as_u16(), &again["error"]), (409, &json!("INVOICE_SETTLED")));
    }
}

#[tokio::test]
async fn ten_at_once_are_one() {
    for shop in shops().await {
        let (who, invoice) = shop.customer().await;
        let (one, two) = tokio::join!(shop.pay(&who, &invoice), shop.pay(&who, &invoice));
        assert_eq!(one.1["data"]["url"], two.1["data"]["url"], "{} {}", one.1, two.1);
        let session = shop.stripe.only_session();
        shop.stripe.set(&session, "complete", "paid");
        let body = event("evt_1", "completed", &session).to_string().into_bytes();
        let header = fake::signed(SECRET, shop.seconds(), &body);
        let modules = [Arc::clone(&shop.world.module), module(&shop.world, &shop.stripe)];
        let tasks = (0..10).map(|turn| {
            let (module, header, body) =
                (Arc::clone(&modules[turn % 2]), header.clone(), body.clone());
            tokio::spawn(async move { module.hear_payment(Some(&header), &body).await })
        });
        for task in tasks.collect::<Vec<_>>() {
            task.await.unwrap().unwrap();
        }
        assert_eq!(shop.told("payment.succeeded").await, 1, "{}", shop.world.test.name);
        assert_eq!(shop.invoice(&who, &invoice).await["paid_minor"], 5_194);
        assert_eq!(shop.world.balanced().await, Ok(()));
    }
}

#[tokio::test]
async fn only_what_stripe_signed_now_is_heard() {
    for shop in shops().await {
        let (who, invoice) = shop.customer().await;
        shop.pay(&who, &invoice).await;
        let session = shop.stripe.only_session();
        shop.stripe.set(&session, "complete", "paid");
        let body = serde_json::to_vec_pretty(&event("evt_1", "completed", &session)).unwrap();
        let now = shop.seconds();
        let right = fake::signed(SECRET, now, &body);
        let again = serde_json::to_vec(&event("evt_1", "completed", &session)).unwrap();
        for (header, body) in [
            (None, body.clone()),
            (Some(String::new()), body.clone()),
            (Some(fake::signed("whsec_other", now, &body)), body.clone()),
            (Some(fake::signed(SECRET, now - 301, &body)), body.clone()),
            (Some(fake::signed(SECRET, now + 301, &body)), body.clone()),
            (Some(right.clone()), again),
        ] {
            let (status, answer) = shop.send(header.as_deref(), body).await;
            assert_eq!((status.as_u16(), &answer["error"]), (401, &json!("BAD_SIGNATURE")));
        }
        assert_eq!(shop.invoice(&who, &invoice).await["status"], "open");
        for text in
            ["[]", "{}", "\u{0}", r#"{"id": "evt_1/..", "type": "x", "data": {"object": {}}}"#]
        {
            let header = fake::signed(SECRET, now, text.as_bytes());
            let (status, answer) = shop.send(Some(&header), text.into()).await;
            assert_eq!((status.as_u16(), &answer["error"]), (400, &json!("MALFORMED_NOTICE")));
        }
        let several = format!(
            "{},v1={}",
            fake::signed("whsec_old", now, &body),
            &right[right.find("v1=").unwrap() + 3..]
        );
        assert_eq!(shop.send(Some(&several), body).await.0, StatusCode::OK);
        assert_eq!(
            shop.invoice(&who, &invoice).await["status"],
            "paid",
            "{}",
            shop.world.test.name
        );
    }
}

#[tokio::test]
async fn stripe_is_asked_again_under_the_same_key_until_it_answers() {
    for shop in shops().await {
        let (who, invoice) = shop.customer().await;
        shop.stripe.fail(3);
        let (status, answer) = shop.pay(&who, &invoice).await;
        assert_eq!((status.as_u16(), &answer["error"]), (503, &json!("PAYMENT_UNAVAILABLE")));
        shop.stripe.fail(1);
        assert_eq!(shop.pay(&who, &invoice).await.0, StatusCode::OK);
        shop.stripe.only_session();
        let keys = shop.stripe.keys();
        assert_eq!(keys.len(), 5, "{keys:?}");
        assert!(keys.iter().all(|key| *key == keys[0] && key.starts_with("payment-")), "{keys:?}");
        assert_eq!(shop.world.count("payments").await, 1, "{}", shop.world.test.name);
        let form = shop.stripe.form();
        assert!(form.contains("unit_amount%5D=5194"), "{form}");
        assert!(form.contains("currency%5D=cny"), "{form}");
        // Asked once more, the same page is given without asking Stripe.
        shop.pay(&who, &invoice).await;
        assert_eq!(shop.stripe.keys().len(), 5);
    }
}

#[tokio::test]
async fn a_payment_that_fails_leads_where_unpaid_invoices_go_and_may_still_be_made() {
    for shop in shops().await {
        let (who, invoice) = shop.customer().await;
        shop.pay(&who, &invoice).await;
        let session = shop.stripe.only_session();
        shop.stripe.set(&session, "complete", "unpaid");
        shop.tell(&event("evt_1", "completed", &session)).await;
        assert_eq!(shop.world.count("payments WHERE status = 'pending'").await, 1);
        shop.stripe.set_failed(&session);
        shop.tell(&event("evt_2", "async_payment_failed", &session)).await;
        assert_eq!(shop.told("payment.failed").await, 1, "{}", shop.world.test.name);
        shop.world.clock.advance(DAY * 8);
        shop.world.module.advance_due().await.unwrap();
        let current = async || shop.world.get(&who, "/subscription/current").await.1["data"].take();
        assert_eq!(current().await["status"], "past_due");
        let (status, page) = shop.pay(&who, &invoice).await;
        assert_eq!(status, StatusCode::OK, "{page}");
        let second = shop.stripe.sessions().into_iter().find(|id| *id != session).unwrap();
        shop.stripe.set(&second, "complete", "paid");
        shop.tell(&event("evt_3", "completed", &second)).await;
        assert_eq!(current().await["status"], "active");
        assert_eq!(shop.told("subscription.paid_up").await, 1);
        assert_eq!(shop.world.balanced().await, Ok(()));
    }
}

#[tokio::test]
async fn money_for_what_was_settled_otherwise_is_to_the_customers_credit() {
    for shop in shops().await {
        let (who, invoice) = shop.customer().await;
        shop.pay(&who, &invoice).await;
        shop.world.settle_all().await;
        let session = shop.stripe.only_session();
        shop.stripe.set(&session, "complete", "paid");
        shop.tell(&event("evt_1", "completed", &session)).await;
        let (_, current) = shop.world.get(&who, "/subscription/current").await;
        assert_eq!(current["data"]["credit_minor"], 5_194, "{}", shop.world.test.name);
        assert_eq!(shop.invoice(&who, &invoice).await["paid_minor"], 5_194);
        assert_eq!(shop.world.balanced().await, Ok(()));
    }
}

#[tokio::test]
async fn what_stripe_tells_of_others_and_while_it_cannot_be_asked_changes_nothing() {
    for shop in shops().await {
        let (who, invoice) = shop.customer().await;
        shop.pay(&who, &invoice).await;
        let session = shop.stripe.only_session();
        let others = shop.stripe.add_foreign();
        assert_eq!(shop.tell(&event("evt_1", "completed", &others)).await.0, StatusCode::OK);
        let unrelated = json!({ "id": "evt_2", "type": "customer.created", "data": { "object": { "id": "cus_1" } } });
        assert_eq!(shop.tell(&unrelated).await.0, StatusCode::OK);
        shop.stripe.set(&session, "complete", "paid");
        shop.stripe.fail(3);
        let heard = event("evt_3", "completed", &session);
        assert_eq!(shop.tell(&heard).await.0, StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(shop.invoice(&who, &invoice).await["status"], "open");
        assert_eq!(shop.tell(&heard).await.0, StatusCode::OK, "Stripe tells it again");
        assert_eq!(
            shop.invoice(&who, &invoice).await["status"],
            "paid",
            "{}",
            shop.world.test.name
        );
    }
}

#[tokio::test]
async fn without_stripe_invoices_are_settled_by_hand() {
    for world in worlds().await {
        let stripe = FakeStripe::start().await;
        let shop = Shop { world, stripe };
        let (who, invoice) = shop.customer().await;
        let (status, answer) = shop.pay(&who, &invoice).await;
        assert_eq!((status.as_u16(), &answer["error"]), (409, &json!("PAID_BY_HAND")));
        let stranger = somebody(&shop.world.ambient);
        assert_eq!(shop.pay(&stranger, &invoice).await.0, StatusCode::NOT_FOUND);
        let (status, _) = shop.tell(&event("evt_1", "completed", "cs_1")).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{}", shop.world.test.name);
    }
}
