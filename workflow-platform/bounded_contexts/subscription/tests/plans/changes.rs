//! Subscribing, and changing one's mind.

use std::{sync::Arc, time::Duration};

use serde_json::{Value, json};
use shared_kernel::{
    application::{Entitlements as _, Limit, Principal},
    domain::Role,
};

use crate::{World, build, somebody, worlds};

const DAY: Duration = Duration::from_hours(24);

fn kinds(invoice: &Value) -> Vec<(String, i64)> {
    let lines = invoice["lines"].as_array().unwrap().iter();
    let kind = |line: &Value| line["kind"].as_str().unwrap().to_owned();
    lines.map(|line| (kind(line), line["amount_minor"].as_i64().unwrap())).collect()
}

fn lines(expected: &[(&str, i64)]) -> Vec<(String, i64)> {
    expected.iter().map(|(kind, amount)| ((*kind).to_owned(), *amount)).collect()
}

async fn subscribed(world: &World, plan: &str) -> Principal {
    let who = somebody(&world.ambient);
    world.hear(&world.registered(who.owner())).await;
    let body = json!({ "plan": plan, "interval": "month" });
    let (status, answer) = world.post(&who, "/subscription/subscribe", &body).await;
    assert_eq!(status, 201, "{answer}");
    who
}

#[tokio::test]
async fn a_paid_plan_counts_at_once_and_is_invoiced_with_its_tax() {
    for world in worlds().await {
        let who = somebody(&world.ambient);
        world.hear(&world.registered(who.owner())).await;
        world.module.check(who.owner(), Limit::Proxies, 100, 1).await.unwrap_err();
        let body = json!({ "plan": "basic", "interval": "month" });
        let (status, answer) = world.post(&who, "/subscription/subscribe", &body).await;
        assert_eq!(status, 201, "{answer}");
        world.module.check(who.owner(), Limit::Proxies, 100, 1).await.unwrap();
        let invoice = &answer["data"]["invoice"];
        assert_eq!(kinds(invoice), lines(&[("subscription", 4_900), ("tax", 294)]));
        assert_eq!(
            (&invoice["number"], &invoice["status"], &invoice["due_minor"]),
            (&json!("INV-00000001"), &json!("open"), &json!(5_194)),
            "{}",
            world.test.name
        );
        let (_, current) = world.get(&who, "/subscription/current").await;
        let data = &current["data"];
        assert_eq!((&data["plan"]["code"], &data["interval"]), (&json!("basic"), &json!("month")));
        assert_eq!(data["period_ends_at"], answer["data"]["period_ends_at"]);
        assert_eq!(world.count("subscriptions WHERE ended_at IS NULL").await, 1);
    }
}

#[tokio::test]
async fn what_cannot_be_subscribed_to_is_refused() {
    for world in worlds().await {
        let who = subscribed(&world, "basic").await;
        for (body, status, code) in [
            (json!({ "plan": "pro", "interval": "month" }), 409, "ALREADY_SUBSCRIBED"),
            (json!({ "plan": "free", "interval": "month" }), 422, "VALIDATION_ERROR"),
            (json!({ "plan": "gold", "interval": "month" }), 422, "VALIDATION_ERROR"),
            (json!({ "plan": "pro", "interval": "week" }), 422, "VALIDATION_ERROR"),
            (json!({ "plan": "pro", "interval": "month", "price": 1 }), 422, "VALIDATION_ERROR"),
        ] {
            let answer = world.post(&who, "/subscription/subscribe", &body).await;
            assert_eq!((answer.0.as_u16(), &answer.1["error"]), (status, &json!(code)), "{body}");
        }
        assert_eq!(world.count("invoices").await, 1, "{}", world.test.name);
    }
}

#[tokio::test]
async fn an_upgrade_in_the_middle_costs_the_difference_for_what_is_left() {
    for world in worlds().await {
        let who = subscribed(&world, "basic").await;
        // From 18 November to 18 December there are thirty days.
        world.clock.advance(DAY * 15);
        let (_, preview) = world.get(&who, "/subscription/preview?plan=pro").await;
        let body = json!({ "plan": "pro" });
        let (status, answer) = world.post(&who, "/subscription/upgrade", &body).await;
        assert_eq!(status, 200, "{answer}");
        let invoice = &answer["data"]["invoice"];
        let expected = [("proration_credit", -2_450), ("proration_charge", 9_950), ("tax", 450)];
        assert_eq!(kinds(invoice), lines(&expected), "{}", world.test.name);
        assert_eq!(preview["data"]["lines"], invoice["lines"]);
        assert_eq!(preview["data"]["due_minor"], 7_950);
        world.module.check(who.owner(), Limit::Proxies, 1_999, 1).await.unwrap();
        let (status, again) = world.post(&who, "/subscription/upgrade", &body).await;
        assert_eq!((status.as_u16(), &again["error"]), (409, &json!("NOT_AN_UPGRADE")));
    }
}

#[tokio::test]
async fn a_year_begins_at_once_and_less_what_is_left_of_the_month() {
    for world in worlds().await {
        let who = subscribed(&world, "basic").await;
        world.clock.advance(DAY * 10);
        let body = json!({ "plan": "basic", "interval": "year" });
        let (_, answer) = world.post(&who, "/subscription/upgrade", &body).await;
        let expected = [("proration_credit", -3_267), ("subscription", 49_000), ("tax", 2_744)];
        assert_eq!(kinds(&answer["data"]["invoice"]), lines(&expected), "{}", world.test.name);
        let ends = answer["data"]["period_ends_at"].as_str().unwrap();
        assert!(ends.starts_with("2027-11-28"), "{ends}");
        let shorter = json!({ "plan": "pro", "interval": "month" });
        let (status, refused) = world.post(&who, "/subscription/upgrade", &shorter).await;
        assert_eq!((status.as_u16(), &refused["error"]), (409, &json!("NOT_AN_UPGRADE")));
    }
}

#[tokio::test]
async fn what_is_not_used_lowers_what_is_owed_first() {
    for world in worlds().await {
        let who = subscribed(&world, "basic").await;
        world.clock.advance(DAY * 15);
        let body = json!({ "when": "now" });
        let (status, answer) = world.post(&who, "/subscription/cancel", &body).await;
        assert_eq!((status.as_u16(), &answer["data"]["status"]), (200, &json!("cancelled")));
        let (_, invoices) = world.get(&who, "/subscription/invoices").await;
        let invoice = &invoices["data"]["items"][0];
        assert_eq!(
            (&invoice["credited_minor"], &invoice["due_minor"]),
            (&json!(2_597), &json!(2_597))
        );
        let (_, current) = world.get(&who, "/subscription/current").await;
        assert_eq!(current["data"]["plan"]["code"], "free", "{}", world.test.name);
        assert_eq!(current["data"]["credit_minor"], 0);
        assert_eq!(world.balanced().await, Ok(()));
    }
}

#[tokio::test]
async fn credit_of_a_paid_time_pays_the_next_invoice() {
    for world in worlds().await {
        let who = subscribed(&world, "pro").await;
        world.settle_all().await;
        world.clock.advance(DAY * 15);
        world.post(&who, "/subscription/cancel", &json!({ "when": "now" })).await;
        let (_, current) = world.get(&who, "/subscription/current").await;
        assert_eq!(current["data"]["credit_minor"], 10_547, "{}", world.test.name);
        let body = json!({ "plan": "basic", "interval": "month" });
        let (_, answer) = world.post(&who, "/subscription/subscribe", &body).await;
        let invoice = &answer["data"]["invoice"];
        assert_eq!(
            (&invoice["status"], &invoice["credit_minor"], &invoice["due_minor"]),
            (&json!("paid"), &json!(5_194), &json!(0))
        );
        let (_, current) = world.get(&who, "/subscription/current").await;
        assert_eq!(current["data"]["credit_minor"], 5_353);
        assert_eq!(world.balanced().await, Ok(()));
    }
}

#[tokio::test]
async fn a_trial_is_had_once_and_charges_nothing_before_it_ends() {
    for world in worlds().await {
        let who = somebody(&world.ambient);
        let body = json!({ "plan": "pro", "interval": "month", "trial": true });
        let (_, answer) = world.post(&who, "/subscription/subscribe", &body).await;
        assert_eq!(
            (&answer["data"]["status"], &answer["data"]["invoice"]),
            (&json!("trialing"), &Value::Null)
        );
        world.module.check(who.owner(), Limit::Proxies, 1_999, 1).await.unwrap();
        world.clock.advance(DAY * 14);
        world.module.advance_due().await.unwrap();
        let (_, current) = world.get(&who, "/subscription/current").await;
        assert_eq!(current["data"]["status"], "active", "{}", world.test.name);
        assert_eq!(world.count("invoices WHERE total_minor = 21094").await, 1);
        world.post(&who, "/subscription/cancel", &json!({ "when": "now" })).await;
        let (status, refused) = world.post(&who, "/subscription/subscribe", &body).await;
        assert_eq!((status.as_u16(), &refused["error"]), (409, &json!("TRIAL_USED")));
    }
}

#[tokio::test]
async fn a_coupon_makes_it_cheaper_for_as_long_as_it_lasts() {
    for world in worlds().await {
        let root = world.with_role(Role::SuperAdmin);
        let coupon = json!({
            "code": "WELCOME20", "off": { "percent": 20 }, "lasts": { "periods": 2 },
            "plans": ["basic"], "max_redemptions": 1,
        });
        let (status, made) = world.post(&root, "/subscription/admin/coupons", &coupon).await;
        assert_eq!(status, 201, "{made}");
        let who = somebody(&world.ambient);
        let body = json!({ "plan": "basic", "interval": "month", "coupon": "welcome20" });
        let (_, answer) = world.post(&who, "/subscription/subscribe", &body).await;
        let expected = [("subscription", 4_900), ("discount", -980), ("tax", 235)];
        assert_eq!(kinds(&answer["data"]["invoice"]), lines(&expected), "{}", world.test.name);
        let mut totals = Vec::new();
        for _ in 0..2 {
            world.settle_all().await;
            world.clock.advance(DAY * 31);
            world.module.advance_due().await.unwrap();
            let (_, invoices) = world.get(&who, "/subscription/invoices").await;
            totals.push(invoices["data"]["items"][0]["total_minor"].as_i64().unwrap());
        }
        assert_eq!(totals, [4_155, 5_194], "two periods, and then no more");
        let other = somebody(&world.ambient);
        for (body, problem) in [
            (
                json!({ "plan": "basic", "interval": "month", "coupon": "WELCOME20" }),
                "was used as often as it may be",
            ),
            (json!({ "plan": "basic", "interval": "month", "coupon": "NO_SUCH" }), "is not known"),
            (
                json!({ "plan": "basic", "interval": "month", "coupon": "NO\u{0}SUCH" }),
                "is not known",
            ),
        ] {
            let (status, refused) = world.post(&other, "/subscription/subscribe", &body).await;
            assert_eq!((status.as_u16(), &refused["error"]), (422, &json!("COUPON_INVALID")));
            assert_eq!(refused["details"]["coupon"], json!([problem]));
        }
    }
}

#[tokio::test]
async fn twenty_at_once_give_one_subscription_and_one_invoice() {
    for world in worlds().await {
        let who = somebody(&world.ambient);
        let other = build(&world.test, &world.ambient);
        let modules = [Arc::clone(&world.module), other];
        let tasks = (0..20).map(|turn| {
            let (module, who) = (Arc::clone(&modules[turn % 2]), who.clone());
            tokio::spawn(async move {
                let wish = subscription::application::SubscribeWish {
                    plan: "basic".into(),
                    interval: subscription::domain::Interval::Month,
                    coupon: None,
                    trial: false,
                };
                module.subscribe(&who, wish).await.is_ok()
            })
        });
        let mut done = 0;
        for task in tasks.collect::<Vec<_>>() {
            done += usize::from(task.await.unwrap());
        }
        assert_eq!((done, world.count("invoices").await), (1, 1), "{}", world.test.name);
    }
}

#[tokio::test]
async fn somebody_elses_invoice_does_not_exist() {
    for world in worlds().await {
        let who = subscribed(&world, "basic").await;
        let (_, invoices) = world.get(&who, "/subscription/invoices").await;
        let id = invoices["data"]["items"][0]["id"].as_str().unwrap();
        let path = format!("/subscription/invoices/{id}");
        assert_eq!(world.get(&who, &path).await.0, 200);
        let stranger = somebody(&world.ambient);
        assert_eq!(world.get(&stranger, &path).await.0, 404, "{}", world.test.name);
        let (_, none) = world.get(&stranger, "/subscription/invoices").await;
        assert_eq!(none["data"]["items"], json!([]));
    }
}
