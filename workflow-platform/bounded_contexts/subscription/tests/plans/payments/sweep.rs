//! Notices that never came.

use std::time::Duration;

use serde_json::json;

use super::shops;

const LATER: Duration = Duration::from_mins(11);

#[tokio::test]
async fn a_payment_whose_notice_is_lost_is_settled_once_a_while_later() {
    for shop in shops().await {
        let (who, invoice) = shop.customer().await;
        shop.pay(&who, &invoice).await;
        let session = shop.stripe.only_session();
        shop.stripe.set(&session, "complete", "paid");
        assert_eq!(shop.world.module.sweep_payments().await.unwrap(), 0, "it may still come");
        shop.world.clock.advance(LATER);
        let other = super::module(&shop.world, &shop.stripe);
        let (one, two) = tokio::join!(shop.world.module.sweep_payments(), other.sweep_payments());
        assert_eq!(one.unwrap() + two.unwrap(), 1, "one of two processes asks");
        assert_eq!(shop.invoice(&who, &invoice).await["status"], "paid");
        assert_eq!(shop.told("payment.succeeded").await, 1, "{}", shop.world.test.name);
        // It was not lost after all.
        shop.tell(&super::event("evt_1", "completed", &session)).await;
        shop.world.clock.advance(LATER);
        assert_eq!(shop.world.module.sweep_payments().await.unwrap(), 0);
        assert_eq!(shop.told("payment.succeeded").await, 1);
        assert_eq!(shop.world.balanced().await, Ok(()));
    }
}

#[tokio::test]
async fn what_cannot_be_asked_about_is_asked_about_again_and_keeps_nobody_waiting() {
    for shop in shops().await {
        let (who, invoice) = shop.customer().await;
        shop.pay(&who, &invoice).await;
        let session = shop.stripe.only_session();
        shop.stripe.set(&session, "complete", "paid");
        shop.world.clock.advance(LATER);
        shop.stripe.fail(3);
        assert_eq!(shop.world.module.sweep_payments().await.unwrap(), 1);
        assert_eq!(shop.invoice(&who, &invoice).await["status"], "open");
        assert_eq!(shop.world.module.sweep_payments().await.unwrap(), 0, "not at once");
        shop.world.clock.advance(LATER);
        assert_eq!(shop.world.module.sweep_payments().await.unwrap(), 1);
        assert_eq!(
            shop.invoice(&who, &invoice).await["status"],
            "paid",
            "{}",
            shop.world.test.name
        );
        assert_eq!(shop.world.balanced().await, Ok(()));
    }
}

#[tokio::test]
async fn pages_that_were_closed_and_payments_that_never_got_one_expire() {
    for shop in shops().await {
        let (who, invoice) = shop.customer().await;
        shop.pay(&who, &invoice).await;
        let session = shop.stripe.only_session();
        let (second, other) = shop.customer().await;
        shop.stripe.fail(3);
        let (status, answer) = shop.pay(&second, &other).await;
        assert_eq!((status.as_u16(), &answer["error"]), (503, &json!("PAYMENT_UNAVAILABLE")));
        shop.world.clock.advance(LATER);
        assert_eq!(shop.world.module.sweep_payments().await.unwrap(), 2);
        assert_eq!(shop.world.count("payments WHERE status = 'pending'").await, 2);
        shop.stripe.set(&session, "expired", "unpaid");
        shop.world.clock.advance(Duration::from_hours(25));
        assert_eq!(shop.world.module.sweep_payments().await.unwrap(), 2);
        assert_eq!(shop.world.count("payments WHERE status = 'expired'").await, 2);
        assert_eq!(shop.told("payment.expired").await, 2, "{}", shop.world.test.name);
    }
}

#[tokio::test]
async fn no_more_than_some_are_asked_about_in_one_go() {
    for shop in shops().await {
        for _ in 0..25 {
            let (who, invoice) = shop.customer().await;
            shop.pay(&who, &invoice).await;
        }
        shop.world.clock.advance(LATER);
        let mut asked = Vec::new();
        for _ in 0..3 {
            asked.push(shop.world.module.sweep_payments().await.unwrap());
        }
        assert_eq!(asked, [20, 5, 0], "{}", shop.world.test.name);
    }
}
