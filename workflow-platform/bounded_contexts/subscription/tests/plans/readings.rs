//! What the metrics say of subscriptions and invoices.

use std::collections::BTreeMap;

use subscription::{application::SubscribeWish, domain::Interval};

use crate::{World, somebody, worlds};

async fn numbers(world: &World) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for readings in subscription::readings(&world.test.database) {
        for reading in readings.read().await.unwrap() {
            let label = &reading.labels[0].1;
            found.insert(format!("{} {label}", reading.metric), reading.value.to_string());
        }
    }
    found
}

#[tokio::test]
async fn subscriptions_and_invoices_are_counted_by_their_state() {
    for world in worlds().await {
        let before = numbers(&world).await;
        assert_eq!((&*before["subscriptions active"], &*before["invoices open"]), ("0", "0"));
        let who = somebody(&world.ambient);
        let wish = SubscribeWish {
            plan: "basic".to_owned(),
            interval: Interval::Month,
            coupon: None,
            trial: false,
        };
        world.module.subscribe(&who, wish).await.unwrap();
        let after = numbers(&world).await;
        assert_eq!(&*after["subscriptions active"], "1", "on {}", world.test.name);
        assert_eq!(&*after["subscriptions_by_plan basic"], "1", "on {}", world.test.name);
        assert_eq!((&*after["invoices open"], &*after["invoices paid"]), ("1", "0"));
    }
}
