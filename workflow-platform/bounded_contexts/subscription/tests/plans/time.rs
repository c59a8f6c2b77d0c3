//! What time does, on a clock that is moved.

use std::time::Duration;

use serde_json::json;
use shared_kernel::application::Principal;

use crate::{World, build, somebody, worlds};

const DAY: Duration = Duration::from_hours(24);

async fn subscribed(world: &World, plan: &str, interval: &str) -> Principal {
    let who = somebody(&world.ambient);
    let body = json!({ "plan": plan, "interval": interval });
    let (status, answer) = world.post(&who, "/subscription/subscribe", &body).await;
    assert_eq!(status, 201, "{answer}");
    who
}

async fn status(world: &World, who: &Principal) -> (String, String) {
    let (_, current) = world.get(who, "/subscription/current").await;
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    (text(&current["data"]["plan"]["code"]), text(&current["data"]["status"]))
}

fn is(plan: &str, status: &str) -> (String, String) {
    (plan.to_owned(), status.to_owned())
}

#[tokio::test]
async fn a_year_of_a_subscription() {
    for world in worlds().await {
        world.clock.set("2027-12-31T10:00:00Z".parse().unwrap());
        let who = subscribed(&world, "basic", "month").await;
        for day in 1..=366 {
            if day % 5 == 0 {
                world.settle_all().await;
            }
            if day == 100 {
                world.post(&who, "/subscription/upgrade", &json!({ "plan": "pro" })).await;
            }
            if day == 200 {
                world.post(&who, "/subscription/downgrade", &json!({ "plan": "basic" })).await;
            }
            world.clock.advance(DAY);
            world.module.advance_due().await.unwrap();
        }
        let (_, invoices) = world.get(&who, "/subscription/invoices?limit=200").await;
        let mut rows: Vec<String> =
            invoices["data"]["items"].as_array().unwrap().iter().map(row).collect();
        rows.reverse();
        let expected = [
            "INV-00000001 subscribed 2027-12-31 2028-01-31 5194",
            "INV-00000002 renewed 2028-01-31 2028-02-29 5194",
            "INV-00000003 renewed 2028-02-29 2028-03-31 5194",
            "INV-00000004 renewed 2028-03-31 2028-04-30 5194",
            "INV-00000005 upgraded 2028-04-08 2028-04-30 11660",
            "INV-00000006 renewed 2028-04-30 2028-05-31 21094",
            "INV-00000007 renewed 2028-05-31 2028-06-30 21094",
            "INV-00000008 renewed 2028-06-30 2028-07-31 21094",
            "INV-00000009 renewed 2028-07-31 2028-08-31 5194",
            "INV-00000010 renewed 2028-08-31 2028-09-30 5194",
            "INV-00000011 renewed 2028-09-30 2028-10-31 5194",
            "INV-00000012 renewed 2028-10-31 2028-11-30 5194",
            "INV-00000013 renewed 2028-11-30 2028-12-31 5194",
            "INV-00000014 renewed 2028-12-31 2029-01-31 5194",
        ];
        assert_eq!(rows, expected, "{}", world.test.name);
        assert_eq!(world.balanced().await, Ok(()));
    }
}

/// Number, reason, the time of its last charge and the total.
fn row(invoice: &serde_json::Value) -> String {
    let day = |value: &serde_json::Value| value.as_str().unwrap_or_default()[..10].to_owned();
    let lines = invoice["lines"].as_array().unwrap();
    let charge = lines.iter().rfind(|line| line["kind"] != "tax").unwrap();
    format!(
        "{} {} {} {} {}",
        invoice["number"].as_str().unwrap(),
        invoice["reason"].as_str().unwrap(),
        day(&charge["from"]),
        day(&charge["until"]),
        invoice["total_minor"]
    )
}

#[tokio::test]
async fn nobody_who_pays_nothing_keeps_a_paid_plan() {
    for world in worlds().await {
        let who = subscribed(&world, "basic", "month").await;
        world.clock.advance(DAY * 7);
        world.module.advance_due().await.unwrap();
        assert_eq!(status(&world, &who).await, is("basic", "past_due"), "{}", world.test.name);
        let body = json!({ "plan": "pro" });
        let (_, refused) = world.post(&who, "/subscription/upgrade", &body).await;
        assert_eq!(refused["error"], "INVOICE_OVERDUE");
        for _ in 0..13 {
            world.clock.advance(DAY);
            world.module.advance_due().await.unwrap();
        }
        assert_eq!(status(&world, &who).await, is("basic", "past_due"));
        assert_eq!(world.count("outbox WHERE kind = 'invoice.overdue'").await, 3);
        world.clock.advance(DAY);
        world.module.advance_due().await.unwrap();
        assert_eq!(status(&world, &who).await, is("free", "active"));
        assert_eq!(world.count("invoices WHERE status = 'uncollectible'").await, 1);
        assert_eq!(world.count("subscriptions WHERE status = 'expired'").await, 1);
        assert_eq!(world.balanced().await, Ok(()));
    }
}

#[tokio::test]
async fn whoever_pays_late_goes_on_as_before() {
    for world in worlds().await {
        let who = subscribed(&world, "basic", "month").await;
        world.clock.advance(DAY * 12);
        world.module.advance_due().await.unwrap();
        assert_eq!(status(&world, &who).await.1, "past_due", "{}", world.test.name);
        world.settle_all().await;
        assert_eq!(status(&world, &who).await, is("basic", "active"));
        world.clock.advance(DAY * 19);
        world.module.advance_due().await.unwrap();
        assert_eq!(world.count("invoices").await, 2, "it was renewed");
        assert_eq!(world.balanced().await, Ok(()));
    }
}

#[tokio::test]
async fn what_is_cancelled_lasts_until_its_period_ends_unless_it_is_resumed() {
    for world in worlds().await {
        let (stays, goes) =
            (subscribed(&world, "basic", "month").await, subscribed(&world, "pro", "month").await);
        for who in [&stays, &goes] {
            world.post(who, "/subscription/cancel", &json!({})).await;
        }
        let (code, _) = world.post(&stays, "/subscription/resume", &json!({})).await;
        assert_eq!(code, 200);
        let (_, again) = world.post(&stays, "/subscription/resume", &json!({})).await;
        assert_eq!(again["error"], "NOTHING_TO_RESUME", "{}", world.test.name);
        world.settle_all().await;
        world.clock.advance(DAY * 29);
        world.module.advance_due().await.unwrap();
        assert_eq!(status(&world, &goes).await, is("pro", "active"));
        world.clock.advance(DAY * 2);
        world.module.advance_due().await.unwrap();
        assert_eq!(status(&world, &goes).await, is("free", "active"));
        assert_eq!(status(&world, &stays).await, is("basic", "active"));
        assert_eq!(world.count("invoices").await, 3);
    }
}

#[tokio::test]
async fn two_processes_renew_once_and_catch_up_with_what_was_missed() {
    for world in worlds().await {
        let who = subscribed(&world, "basic", "month").await;
        world.settle_all().await;
        world.clock.advance(DAY * 32);
        let other = build(&world.test, &world.ambient);
        let (one, two) = tokio::join!(world.module.advance_due(), other.advance_due());
        one.and(two).unwrap();
        assert_eq!(world.count("invoices").await, 2, "{}", world.test.name);
        assert_eq!(world.count("outbox WHERE kind = 'subscription.renewed'").await, 1);
        world.settle_all().await;
        world.clock.advance(DAY * 62);
        world.module.advance_due().await.unwrap();
        assert_eq!(world.count("invoices").await, 4, "each period that was missed");
        assert_eq!(status(&world, &who).await, is("basic", "active"), "and time to pay them");
        assert_eq!(world.balanced().await, Ok(()));
    }
}
