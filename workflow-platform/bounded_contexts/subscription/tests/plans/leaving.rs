//! What becomes of subscriptions of those who are gone.

use std::time::Duration;

use futures::future::join_all;
use serde_json::json;
use shared_kernel::{domain::Owner, infrastructure::db::Backend};

use crate::{World, somebody, worlds};

const MONTHS: Duration = Duration::from_hours(24 * 100);

/// As the handler of `user.deleted` does.
async fn erase(world: &World, owner: Owner) {
    for part in subscription::personal_data(&world.module, &world.test.database) {
        while part.erase(owner).await.unwrap() > 0 {}
    }
}

#[tokio::test]
async fn who_is_gone_gets_no_further_invoices_though_it_is_told_twice() {
    for world in worlds().await {
        let (gone, stays) = (somebody(&world.ambient), somebody(&world.ambient));
        for who in [&gone, &stays] {
            let body = json!({ "plan": "basic", "interval": "month" });
            let (status, answer) = world.post(who, "/subscription/subscribe", &body).await;
            assert_eq!(status, 201, "{answer}");
        }
        world.settle_all().await;
        for _ in 0..2 {
            erase(&world, gone.owner()).await;
            let left = format!("subscriptions WHERE user_id = {}", literal(&world, gone.owner()));
            assert_eq!(world.count(&left).await, 0);
        }
        world.clock.advance(MONTHS);
        world.module.advance_due().await.unwrap();
        let of = async |owner| {
            world.count(&format!("invoices WHERE user_id = {}", literal(&world, owner))).await
        };
        assert_eq!(of(gone.owner()).await, 1, "bookkeeping stays, nothing is added");
        assert!(of(stays.owner()).await > 1);
        assert_eq!(world.balanced().await, Ok(()));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_renewal_at_the_same_moment_brings_nobody_back() {
    for world in worlds().await {
        let mut gone = Vec::new();
        for _ in 0..12 {
            let who = somebody(&world.ambient);
            let body = json!({ "plan": "basic", "interval": "month" });
            let (status, answer) = world.post(&who, "/subscription/subscribe", &body).await;
            assert_eq!(status, 201, "{answer}");
            gone.push(who.owner());
        }
        world.settle_all().await;
        world.clock.advance(MONTHS);
        let erasing = join_all(gone.iter().map(|owner| erase(&world, *owner)));
        let (renewed, _) = tokio::join!(world.module.advance_due(), erasing);
        renewed.unwrap();
        assert_eq!(world.count("subscriptions").await, 0, "{}", world.test.name);
        assert_eq!(world.balanced().await, Ok(()));
    }
}

#[tokio::test]
async fn what_somebody_still_owed_is_written_off_when_they_are_gone() {
    for world in worlds().await {
        let (gone, stays) = (somebody(&world.ambient), somebody(&world.ambient));
        for who in [&gone, &stays] {
            let body = json!({ "plan": "basic", "interval": "month" });
            world.post(who, "/subscription/subscribe", &body).await;
        }
        for _ in 0..2 {
            erase(&world, gone.owner()).await;
        }
        assert_eq!(world.count("invoices WHERE status = 'uncollectible'").await, 1);
        assert_eq!(world.count("outbox WHERE kind = 'invoice.given_up'").await, 1);
        let debt = "ledger_entries WHERE kind = 'written_off' AND account = 'bad_debt'";
        assert_eq!((world.count(debt).await, world.sum(debt).await), (1, 5_194));
        let (_, left) = world.get(&stays, "/subscription/invoices?status=open").await;
        assert_eq!(left["data"]["items"].as_array().unwrap().len(), 1, "{}", world.test.name);
        let receivable = "ledger_entries WHERE account = 'receivable'";
        assert_eq!(world.sum(receivable).await, 5_194, "what the other one owes");
        assert_eq!(world.balanced().await, Ok(()));
    }
}

/// An owner as it stands in the text of a query: ids are bytes on SQLite.
fn literal(world: &World, owner: Owner) -> String {
    match world.test.database.backend() {
        Backend::Postgres => format!("'{}'", owner.uuid()),
        Backend::Sqlite => format!("x'{}'", owner.uuid().simple()),
    }
}
