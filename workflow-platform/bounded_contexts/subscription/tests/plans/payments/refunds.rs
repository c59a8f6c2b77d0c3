//! Money that is given back: by hand, and through Stripe.

use std::time::Duration;

use http::StatusCode;
use serde_json::{Value, json};
use shared_kernel::{application::Principal, domain::Role};

use super::{Shop, shops};
use crate::{World, somebody, worlds};

async fn refund(world: &World, invoice: &str, body: &Value) -> (StatusCode, Value) {
    let admin = world.with_role(Role::Admin);
    world.post(&admin, &format!("/subscription/admin/invoices/{invoice}/refund"), body).await
}

async fn paid_by_hand(world: &World) -> (Principal, String) {
    let who = somebody(&world.ambient);
    let body = json!({ "plan": "basic", "interval": "month" });
    let (_, answer) = world.post(&who, "/subscription/subscribe", &body).await;
    world.settle_all().await;
    (who, answer["data"]["invoice"]["id"].as_str().unwrap().to_owned())
}

async fn account(world: &World, name: &str) -> i64 {
    world.sum(&format!("ledger_entries WHERE account = '{name}'")).await
}

impl Shop {
    /// Somebody whose invoice of 51.94 was paid at Stripe.
    async fn paid(&self) -> (Principal, String) {
        let (who, invoice) = self.customer().await;
        self.pay(&who, &invoice).await;
        let session = self.stripe.only_session();
        self.stripe.set(&session, "complete", "paid");
        self.tell(&super::event("evt_paid", "completed", &session)).await;
        (who, invoice)
    }

    async fn refunds(&self) -> Value {
        let admin = self.world.with_role(Role::Admin);
        self.world.get(&admin, "/subscription/admin/refunds").await.1["data"]["items"].take()
    }
}

fn event_of(id: &str, kind: &str, object: &str) -> Value {
    json!({ "id": id, "object": "event", "type": kind, "data": { "object": { "id": object } } })
}

#[tokio::test]
async fn by_hand_parts_are_given_back_until_nothing_is_left_each_with_a_credit_note() {
    for world in worlds().await {
        let (who, invoice) = paid_by_hand(&world).await;
        let body = json!({ "amount_minor": 1_000, "reason": "晚了一天" });
        let (status, first) = refund(&world, &invoice, &body).await;
        assert_eq!(
            (status.as_u16(), &first["data"]["status"]),
            (201, &json!("succeeded")),
            "{first}"
        );
        world.clock.advance(Duration::from_secs(1));
        let (_, second) = refund(&world, &invoice, &json!({ "reason": "the rest" })).await;
        assert_eq!(second["data"]["amount_minor"], 4_194);
        let (status, third) = refund(&world, &invoice, &json!({ "reason": "more" })).await;
        assert_eq!((status.as_u16(), &third["error"]), (409, &json!("NOTHING_TO_REFUND")));
        let (_, notes) = world.get(&who, "/subscription/credit-notes").await;
        let notes = notes["data"]["items"].as_array().unwrap();
        let seen: Vec<_> = notes
            .iter()
            .map(|note| (&note["number"], &note["net_minor"], &note["tax_minor"]))
            .collect();
        assert_eq!(
            seen,
            [
                (&json!("CN-00000002"), &json!(3_957), &json!(237)),
                (&json!("CN-00000001"), &json!(943), &json!(57)),
            ]
        );
        assert_eq!(
            (&notes[1]["invoice_id"], &notes[1]["reason"]),
            (&json!(invoice), &json!("晚了一天"))
        );
        let (_, found) = world.get(&who, &format!("/subscription/invoices/{invoice}")).await;
        let found = &found["data"];
        assert_eq!(
            (&found["paid_minor"], &found["refunded_minor"]),
            (&json!(5_194), &json!(5_194))
        );
        for (name, balance) in
            [("cash", 0), ("revenue", 0), ("tax_payable", 0), ("refunds_payable", 0)]
        {
            assert_eq!(account(&world, name).await, balance, "{name} on {}", world.test.name);
        }
        // What was given back is not given once more when the subscription ends.
        world.post(&who, "/subscription/cancel", &json!({ "when": "now" })).await;
        let (_, current) = world.get(&who, "/subscription/current").await;
        assert_eq!(current["data"]["credit_minor"], 0);
        assert_eq!(world.balanced().await, Ok(()));
    }
}

#[tokio::test]
async fn never_more_than_was_paid_and_only_by_administrators() {
    for world in worlds().await {
        let (who, invoice) = paid_by_hand(&world).await;
        for (body, code) in [
            (json!({ "amount_minor": 5_195, "reason": "x" }), "REFUND_TOO_LARGE"),
            (json!({ "amount_minor": 0, "reason": "x" }), "VALIDATION_ERROR"),
            (json!({ "amount_minor": -5, "reason": "x" }), "VALIDATION_ERROR"),
            (json!({ "amount_minor": 5, "reason": " " }), "VALIDATION_ERROR"),
            (json!({ "amount_minor": 5 }), "VALIDATION_ERROR"),
        ] {
            let (_, answer) = refund(&world, &invoice, &body).await;
            assert_eq!(answer["error"], code, "{body}: {answer}");
        }
        let (_, answer) =
            refund(&world, &invoice, &json!({ "amount_minor": 5_195, "reason": "x" })).await;
        assert_eq!(answer["details"]["refundable_minor"], 5_194);
        let path = format!("/subscription/admin/invoices/{invoice}/refund");
        assert_eq!(world.post(&who, &path, &json!({ "reason": "mine" })).await.0, 403);
        assert_eq!(
            refund(&world, &world.ambient.uuid().to_string(), &json!({ "reason": "x" })).await.0,
            404
        );
        let other = somebody(&world.ambient);
        let body = json!({ "plan": "basic", "interval": "month" });
        let (_, open) = world.post(&other, "/subscription/subscribe", &body).await;
        let open = open["data"]["invoice"]["id"].as_str().unwrap().to_owned();
        let (_, answer) = refund(&world, &open, &json!({ "reason": "x" })).await;
        assert_eq!(answer["error"], "NOTHING_TO_REFUND", "it was not paid");
        assert_eq!(world.count("refunds").await, 0, "{}", world.test.name);
    }
}

#[tokio::test]
async fn ten_refunds_at_once_give_no_more_than_was_paid() {
    for world in worlds().await {
        let (_, invoice) = paid_by_hand(&world).await;
        let body = json!({ "amount_minor": 2_000, "reason": "x" });
        let many = (0..10).map(|_| refund(&world, &invoice, &body));
        let done = futures::future::join_all(many).await;
        let given = done.iter().filter(|(status, _)| status.as_u16() == 201).count();
        assert_eq!(given, 2, "{}", world.test.name);
        assert_eq!(world.count("credit_notes").await, 2);
        assert_eq!(world.balanced().await, Ok(()));
    }
}

#[tokio::test]
async fn what_a_customer_has_to_their_credit_is_paid_out_first() {
    for world in worlds().await {
        let (who, invoice) = paid_by_hand(&world).await;
        world.post(&who, "/subscription/cancel", &json!({ "when": "now" })).await;
        let (_, current) = world.get(&who, "/subscription/current").await;
        assert_eq!(current["data"]["credit_minor"], 5_194);
        let (_, answer) = refund(&world, &invoice, &json!({ "reason": "paid out" })).await;
        assert_eq!(answer["data"]["credit_note_id"], Value::Null, "there is one already");
        let (_, current) = world.get(&who, "/subscription/current").await;
        assert_eq!(current["data"]["credit_minor"], 0);
        assert_eq!(world.count("credit_notes").await, 1, "{}", world.test.name);
        assert_eq!(account(&world, "cash").await, 0);
        assert_eq!(world.balanced().await, Ok(()));
    }
}

#[tokio::test]
async fn stripe_is_asked_once_and_what_it_tells_in_whatever_order_settles_it() {
    for shop in shops().await {
        let (_, invoice) = shop.paid().await;
        shop.stripe.fail_after(1, 2);
        let body = json!({ "amount_minor": 1_000, "reason": "goodwill" });
        let (status, answer) = refund(&shop.world, &invoice, &body).await;
        assert_eq!(
            (status.as_u16(), &answer["data"]["status"]),
            (201, &json!("pending")),
            "{answer}"
        );
        let (reference, sent) = shop.stripe.only_refund();
        assert_eq!(
            (&sent["amount"], sent["key"].as_str().unwrap().starts_with("refund-")),
            (&json!(1_000), true)
        );
        assert_eq!(account(&shop.world, "refunds_payable").await, -1_000);
        assert_eq!(shop.world.balanced().await, Ok(()));
        let of_charge = event_of("evt_1", "charge.refunded", &shop.stripe.charge_of(&reference));
        assert_eq!(shop.tell(&of_charge).await.0, StatusCode::OK, "it is under way still");
        assert_eq!(shop.refunds().await[0]["status"], "pending");
        shop.stripe.set_refund(&reference, "succeeded");
        for event in [
            event_of("evt_2", "refund.updated", &reference),
            event_of("evt_2", "refund.updated", &reference),
            of_charge,
            event_of("evt_3", "charge.refund.updated", &reference),
        ] {
            assert_eq!(shop.tell(&event).await.0, StatusCode::OK);
        }
        assert_eq!(shop.refunds().await[0]["status"], "succeeded");
        assert_eq!(shop.told("refund.succeeded").await, 1, "{}", shop.world.test.name);
        assert_eq!(account(&shop.world, "cash").await, 4_194);
        assert_eq!(account(&shop.world, "refunds_payable").await, 0);
        assert_eq!(shop.world.balanced().await, Ok(()));
    }
}

#[tokio::test]
async fn money_that_comes_back_is_to_the_customers_credit_and_may_be_given_again() {
    for shop in shops().await {
        let (who, invoice) = shop.paid().await;
        refund(&shop.world, &invoice, &json!({ "reason": "wrong card" })).await;
        let (reference, _) = shop.stripe.only_refund();
        shop.stripe.set_refund(&reference, "succeeded");
        shop.tell(&event_of("evt_1", "refund.updated", &reference)).await;
        shop.stripe.set_refund(&reference, "failed");
        for id in ["evt_2", "evt_3"] {
            shop.tell(&event_of(id, "refund.failed", &reference)).await;
        }
        let (_, current) = shop.world.get(&who, "/subscription/current").await;
        assert_eq!(current["data"]["credit_minor"], 5_194, "{}", shop.world.test.name);
        assert_eq!(account(&shop.world, "cash").await, 5_194);
        assert_eq!(shop.world.balanced().await, Ok(()));
        let (status, again) =
            refund(&shop.world, &invoice, &json!({ "reason": "right card" })).await;
        assert_eq!(
            (status.as_u16(), &again["data"]["credit_note_id"]),
            (201, &Value::Null),
            "{again}"
        );
        assert_eq!(shop.world.count("credit_notes").await, 1);
        assert_eq!(shop.world.balanced().await, Ok(()));
    }
}

#[tokio::test]
async fn what_stripe_refuses_for_good_is_to_the_customers_credit() {
    for shop in shops().await {
        let (who, invoice) = shop.paid().await;
        shop.stripe.refuse_refunds();
        let (status, answer) = refund(&shop.world, &invoice, &json!({ "reason": "x" })).await;
        assert_eq!(
            (status.as_u16(), &answer["data"]["status"]),
            (201, &json!("failed")),
            "{answer}"
        );
        let (_, current) = shop.world.get(&who, "/subscription/current").await;
        assert_eq!(current["data"]["credit_minor"], 5_194, "{}", shop.world.test.name);
        assert_eq!(shop.world.balanced().await, Ok(()));
    }
}

#[tokio::test]
async fn refunds_of_others_are_none_of_ours() {
    for shop in shops().await {
        shop.paid().await;
        let reference = shop.stripe.add_foreign_refund();
        let event = event_of("evt_1", "refund.updated", &reference);
        assert_eq!(shop.tell(&event).await.0, StatusCode::OK);
        for event in [
            event_of("evt_2", "refund.updated", "pi_1"),
            event_of("evt_3", "charge.refunded", "../charges"),
        ] {
            let (status, answer) = shop.tell(&event).await;
            assert_eq!((status.as_u16(), &answer["error"]), (400, &json!("MALFORMED_NOTICE")));
        }
        assert_eq!(shop.world.count("refunds").await, 0, "{}", shop.world.test.name);
    }
}

#[tokio::test]
async fn a_refund_that_stripe_did_not_hear_of_is_asked_for_again_and_made_once() {
    for shop in shops().await {
        let (_, invoice) = shop.paid().await;
        shop.stripe.fail(9);
        let (status, answer) = refund(&shop.world, &invoice, &json!({ "reason": "x" })).await;
        assert_eq!(
            (status.as_u16(), &answer["data"]["status"]),
            (201, &json!("pending")),
            "{answer}"
        );
        shop.stripe.fail(0);
        assert_eq!(shop.world.module.sweep_payments().await.unwrap(), 0, "not yet");
        // Days later, when Stripe has forgotten all keys.
        for _ in 0..3 {
            shop.world.clock.advance(Duration::from_hours(30));
            shop.stripe.forget_keys();
            assert_eq!(shop.world.module.sweep_payments().await.unwrap(), 1);
        }
        let (reference, _) = shop.stripe.only_refund();
        shop.stripe.set_refund(&reference, "succeeded");
        shop.world.clock.advance(Duration::from_hours(1));
        shop.world.module.sweep_payments().await.unwrap();
        assert_eq!(shop.refunds().await[0]["status"], "succeeded", "{}", shop.world.test.name);
        assert_eq!(shop.world.module.sweep_payments().await.unwrap(), 0, "nothing waits any more");
        assert_eq!(shop.world.balanced().await, Ok(()));
    }
}
