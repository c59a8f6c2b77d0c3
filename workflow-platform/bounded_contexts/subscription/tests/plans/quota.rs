//! What is counted by the month, on processes that share a database.

use std::{sync::Arc, time::Duration};

use sea_orm::ConnectionTrait as _;
use serde_json::{Value, json};
use shared_kernel::{
    application::{Entitlements as _, EntitlementsError, Limit, Reservation, Usage},
    domain::{DomainEvent, Owner, Role},
};
use subscription::SubscriptionModule;

use crate::{World, build, somebody, worlds};

const RUNS: Limit = Limit::ExecutionsPerMonth;

/// The free plan, as it is from now on for those who were not heard of.
async fn includes(world: &World, executions: Option<u64>) {
    let root = world.with_role(Role::SuperAdmin);
    let (_, plans) = world.get(&root, "/subscription/plans").await;
    let mut entitlements = plans["data"]["items"][0]["entitlements"].clone();
    entitlements["executions_per_month"] = json!(executions);
    let offer = json!({
        "name_zh": "免费版", "name_en": "Free", "rank": 0, "prices": [],
        "entitlements": entitlements,
    });
    let (status, answer) = world.put(&root, "/subscription/admin/plans/free", &offer).await;
    assert_eq!(status, 200, "{answer}");
}

/// The first column of the rows, as text.
async fn texts(world: &World, sql: &str) -> Vec<String> {
    let database = &world.test.database;
    let rows = database.read().query_all_raw(database.statement(sql, [])).await.unwrap();
    rows.iter().map(|row| row.try_get_by_index(0).unwrap()).collect()
}

async fn take(module: &SubscriptionModule, owner: Owner) -> Result<Reservation, Usage> {
    match module.reserve(owner, RUNS, 1).await {
        Ok(unit) => Ok(unit),
        Err(EntitlementsError::Exceeded { usage, .. }) => Err(usage),
        Err(other) => unreachable!("{other}"),
    }
}

/// Keeps units until there are none; tells how many.
async fn drain(module: &SubscriptionModule, owner: Owner) -> u64 {
    let mut kept = 0;
    while let Ok(unit) = take(module, owner).await {
        unit.keep();
        kept += 1;
    }
    kept
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn fifty_at_once_on_two_processes_get_exactly_what_is_left() {
    for world in worlds().await {
        for left in [1, 7] {
            includes(&world, Some(left)).await;
            let owner = somebody(&world.ambient).owner();
            let processes = [Arc::clone(&world.module), build(&world.test, &world.ambient)];
            let asking = (0..50).map(|index| {
                let module = Arc::clone(&processes[index % 2]);
                tokio::spawn(
                    async move { take(&module, owner).await.map(Reservation::keep).is_ok() },
                )
            });
            let asking: Vec<_> = asking.collect();
            let mut granted = 0;
            for one in asking {
                granted += u64::from(one.await.unwrap());
            }
            assert_eq!(granted, left, "{}", world.test.name);
            let refused = take(&processes[0], owner).await.unwrap_err();
            assert_eq!((refused.allowed, refused.used), (Some(left), left));
            assert!(refused.resets_at > Some(world.ambient.now()));
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_processes_together_never_give_more_than_the_plan_includes() {
    for world in worlds().await {
        includes(&world, Some(3000)).await;
        let owner = somebody(&world.ambient).owner();
        let processes = [Arc::clone(&world.module), build(&world.test, &world.ambient)];
        let work = processes
            .clone()
            .map(|module| tokio::spawn(async move { drain(&module, owner).await }));
        let mut granted = 0;
        for one in work {
            granted += one.await.unwrap();
        }
        assert!(granted <= 3000, "{granted}");
        // What one had taken while the other found nothing left is there after a while.
        world.clock.advance(Duration::from_secs(11));
        for module in &processes {
            module.give_back(false).await;
        }
        granted += drain(&processes[0], owner).await;
        assert_eq!(granted, 3000, "{}", world.test.name);
    }
}

#[tokio::test]
async fn what_was_not_used_is_there_for_others() {
    for world in worlds().await {
        includes(&world, Some(1)).await;
        let owner = somebody(&world.ambient).owner();
        let other = build(&world.test, &world.ambient);
        drop(take(&world.module, owner).await.unwrap());
        assert!(take(&other, owner).await.is_err(), "this process may still want it");
        world.module.give_back(true).await;
        let unit = take(&other, owner).await.unwrap();
        assert!(take(&world.module, owner).await.is_err());
        unit.keep();
        other.give_back(true).await;
        assert!(take(&world.module, owner).await.is_err());
    }
}

#[tokio::test]
async fn many_are_given_together_or_not_at_all() {
    for world in worlds().await {
        includes(&world, Some(10)).await;
        let owner = somebody(&world.ambient).owner();
        assert!(world.module.reserve(owner, RUNS, 11).await.is_err());
        world.module.reserve(owner, RUNS, 6).await.unwrap().keep_only(4);
        assert!(world.module.reserve(owner, RUNS, 7).await.is_err());
        world.module.reserve(owner, RUNS, 6).await.unwrap().keep();
        assert_eq!(drain(&world.module, owner).await, 0);
    }
}

#[tokio::test]
async fn a_new_month_counts_anew_and_units_of_the_old_one_are_nobodys() {
    for world in worlds().await {
        includes(&world, Some(5)).await;
        world.clock.set("2027-01-31T23:59:59Z".parse().unwrap());
        let owner = somebody(&world.ambient).owner();
        let held = take(&world.module, owner).await.unwrap();
        assert_eq!(drain(&world.module, owner).await, 4);
        world.clock.set("2027-02-01T00:00:00Z".parse().unwrap());
        assert_eq!(drain(&world.module, owner).await, 5);
        drop(held);
        assert_eq!(drain(&world.module, owner).await, 0);
        world.clock.set("2027-03-01T00:00:00Z".parse().unwrap());
        assert_eq!(world.count("quota_counters").await, 2);
        world.module.advance_due().await.unwrap();
        assert_eq!(world.count("quota_counters").await, 1, "{}", world.test.name);
    }
}

#[tokio::test]
async fn a_larger_plan_is_noticed_and_a_smaller_one_too() {
    for world in worlds().await {
        includes(&world, Some(2000)).await;
        let owner = somebody(&world.ambient).owner();
        take(&world.module, owner).await.unwrap().keep();
        includes(&world, Some(2)).await;
        assert_eq!(drain(&build(&world.test, &world.ambient), owner).await, 0, "the block counts");
        world.module.give_back(true).await;
        assert_eq!(drain(&build(&world.test, &world.ambient), owner).await, 1);
        includes(&world, None).await;
        let fresh = build(&world.test, &world.ambient);
        for _ in 0..300 {
            take(&fresh, owner).await.unwrap().keep();
        }
    }
}

#[tokio::test]
async fn the_owner_is_told_once_near_the_limit_and_once_at_it() {
    for world in worlds().await {
        includes(&world, Some(10)).await;
        let owner = somebody(&world.ambient).owner();
        let other = build(&world.test, &world.ambient);
        for index in 0..10 {
            let module = if index % 2 == 0 { &world.module } else { &other };
            take(module, owner).await.unwrap().keep();
        }
        assert_eq!(drain(&world.module, owner).await, 0);
        let sql =
            "SELECT payload FROM outbox WHERE kind = 'subscription.quota_reached' ORDER BY id";
        let told: Vec<Value> = texts(&world, sql)
            .await
            .iter()
            .map(|text| {
                let payload: Value = serde_json::from_str(text).unwrap();
                json!([payload["limit"], payload["percent"], payload["used"], payload["allowed"]])
            })
            .collect();
        let expected = [
            json!(["executions_per_month", 80, 8, 10]),
            json!(["executions_per_month", 100, 10, 10]),
        ];
        assert_eq!(told, expected, "{}", world.test.name);
    }
}

#[tokio::test]
async fn what_was_metered_before_counts() {
    for world in worlds().await {
        includes(&world, Some(5)).await;
        let owner = somebody(&world.ambient).owner();
        let statement = "INSERT INTO usage_days (user_id, day, executions) VALUES ($1, $2, 3)";
        let day = world.ambient.now().seconds().div_euclid(86_400);
        let values = [owner.into(), i32::try_from(day).unwrap().into()];
        let database = &world.test.database;
        database.write().execute_raw(database.statement(statement, values)).await.unwrap();
        assert_eq!(drain(&world.module, owner).await, 2, "{}", world.test.name);
    }
}

#[tokio::test]
async fn what_was_fetched_is_metered_by_the_day_with_each_event() {
    for world in worlds().await {
        let who = somebody(&world.ambient);
        let counter = subscription::event_handlers(&world.module).pop().unwrap();
        let event = DomainEvent {
            kind: "collection.fetched".to_owned(),
            payload: json!({ "pages": 3, "bytes": 900, "proxy_bytes": 400 }),
            ..world.registered(who.owner())
        };
        assert!(counter.wants(&event.kind));
        for _ in 0..2 {
            let mut work = world.test.database.begin().await.unwrap();
            counter.handle(&event, &mut work).await.unwrap();
            work.commit().await.unwrap();
        }
        let (_, usage) = world.get(&who, "/subscription/usage?days=1").await;
        let day = &usage["data"]["days"][0];
        let metered = [&day["executions"], &day["pages"], &day["bytes"], &day["proxy_bytes"]];
        assert_eq!(json!(metered), json!([0, 6, 1800, 800]), "{}", world.test.name);
        let pages = &usage["data"]["limits"][1];
        assert_eq!((&pages["limit"], &pages["used"]), (&json!("pages_per_month"), &json!(6)));
    }
}
