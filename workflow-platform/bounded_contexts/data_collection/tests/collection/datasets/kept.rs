//! What is kept, how long, and what becomes of it when its owner leaves.

use std::time::Duration;

use data_collection::{
    application::dataset::{DatasetEdit, ports::Collected},
    domain::dataset::Retention,
};
use sea_orm::ConnectionTrait as _;
use serde_json::json;
use shared_kernel::domain::{BucketSpan, Fault as _};
use tokio_util::sync::CancellationToken;

use super::{World, ada, bob, goods, ids};

const DAY: Duration = Duration::from_hours(24);

async fn retain(world: &World, retention: Retention) {
    let edit = DatasetEdit { retention: Some(retention), ..DatasetEdit::default() };
    world.module.edit(&ada(), "goods", edit).await.unwrap();
}

async fn left(world: &World) -> Vec<i64> {
    ids(&world.find(super::filter(json!({}))).await)
}

#[tokio::test]
async fn records_that_no_batch_holds_any_more_are_removed() {
    for world in World::everywhere().await {
        world.write(json!([{ "id": 1 }, { "id": 2 }])).await.unwrap();
        world.clock.advance(DAY * 2);
        world.write(json!([{ "id": 2 }, { "id": 3 }])).await.unwrap();
        retain(&world, Retention { days: Some(1), ..Retention::default() }).await;
        let stop = CancellationToken::new();
        // Several processes at once do it once.
        let (one, other) = tokio::join!(world.module.work_off(&stop), world.module.work_off(&stop));
        one.unwrap();
        other.unwrap();
        assert_eq!(left(&world).await, [3, 2], "{}", world.name());
        let versions = world.module.versions(&ada(), "goods", None, 10).await.unwrap();
        assert_eq!((versions[0].removed, versions.len()), (1, 3), "{}", world.name());
        world.module.work_off(&stop).await.unwrap();
        assert_eq!(world.module.show(&ada(), "goods").await.unwrap().version, 3, "nothing twice");
    }
}

#[tokio::test]
async fn of_more_records_than_wanted_the_first_ones_go() {
    for world in World::everywhere().await {
        world.write(goods(1100)).await.unwrap();
        retain(&world, Retention { records: Some(20), ..Retention::default() }).await;
        world.module.work_off(&CancellationToken::new()).await.unwrap();
        assert_eq!(left(&world).await, (0..20).collect::<Vec<_>>(), "{}", world.name());
        world.write(json!([{ "id": 5000 }])).await.unwrap();
        world.module.work_off(&CancellationToken::new()).await.unwrap();
        assert_eq!(
            left(&world).await.len(),
            20,
            "{}: a new one pushes an old one out",
            world.name()
        );
    }
}

#[tokio::test]
async fn history_is_forgotten_and_says_so() {
    for world in World::everywhere().await {
        world.write(json!([{ "id": 1, "v": 1 }])).await.unwrap();
        world.write(json!([{ "id": 1, "v": 2 }])).await.unwrap();
        world.clock.advance(DAY * 3);
        world.write(json!([{ "id": 1, "v": 3 }])).await.unwrap();
        retain(&world, Retention { history_days: Some(2), ..Retention::default() }).await;
        world.module.work_off(&CancellationToken::new()).await.unwrap();
        let history = world.module.history(&ada(), "goods", "1", None, 10).await.unwrap();
        assert_eq!(history.changes.len(), 1, "{}", world.name());
        let then = world.module.record(&ada(), "goods", "1", Some(2)).await.unwrap();
        let data_collection::application::dataset::Recorded::Then { data, .. } = then else {
            panic!()
        };
        assert_eq!(data["v"], 2, "{}: what stood before the kept change is known", world.name());
        let error = world.module.record(&ada(), "goods", "1", Some(1)).await.unwrap_err();
        assert_eq!(error.code(), "VERSION_FORGOTTEN", "{}", world.name());
        let ahead = world.module.record(&ada(), "goods", "1", Some(9)).await.unwrap_err();
        assert_eq!(ahead.code(), "VALIDATION_ERROR");
        let feed = world.module.changes(&ada(), "goods", Some("0"), 10).await.unwrap_err();
        assert_eq!(feed.code(), "VERSION_FORGOTTEN", "{}", world.name());
    }
}

#[tokio::test]
async fn who_leaves_takes_all_of_it_and_nothing_of_others() {
    let tables = [
        "datasets",
        "dataset_records",
        "dataset_changes",
        "dataset_versions",
        "dataset_counts",
        "dataset_batches",
        "dataset_cells",
        "dataset_seen",
        "dataset_held",
        "dataset_held_records",
        "dataset_shares",
    ];
    for world in World::everywhere().await {
        let count = async |table: &str| {
            let database = &world.database.database;
            let sql = format!("SELECT CAST(COUNT(*) AS BIGINT) AS found FROM {table}");
            let row = database.read().query_one_raw(database.statement(sql, [])).await.unwrap();
            row.unwrap().try_get::<i64>("", "found").unwrap()
        };
        for who in [ada(), bob()] {
            let key = Some(vec!["id".to_owned()]);
            let mode = data_collection::application::dataset::Mode::Upsert;
            let records = super::list(goods(600));
            world.module.write_by(&who, "goods", key.clone(), mode, records).await.unwrap();
            let contract = serde_json::from_value(json!({ "least_records": 2 })).unwrap();
            let edit = DatasetEdit { contract: Some(contract), ..DatasetEdit::default() };
            world.module.edit(&who, "goods", edit).await.unwrap();
            let held = world.module.write_by(&who, "goods", key, mode, vec![json!({ "id": 1 })]);
            assert!(held.await.unwrap().held);
            let link = data_collection::application::dataset::NewShare {
                label: "x".to_owned(),
                ..Default::default()
            };
            world.module.share(&who, "goods", link).await.unwrap();
        }
        let mut before = Vec::new();
        for table in tables {
            before.push(count(table).await);
        }
        let parts = data_collection::personal_data(&world.database.database);
        for part in &parts {
            let page = part.page(ada().owner(), None).await.unwrap();
            assert!(
                page.items.iter().all(|item| !item.to_string().contains("token")),
                "{}",
                part.name()
            );
        }
        for part in &parts {
            while part.erase(ada().owner()).await.unwrap() > 0 {}
            assert_eq!(part.erase(ada().owner()).await.unwrap(), 0);
        }
        for (table, before) in tables.into_iter().zip(before) {
            assert_eq!(count(table).await * 2, before, "{}: {table}", world.name());
        }
        let query =
            super::Query { search: Some("剑来".to_owned()), limit: 5, ..super::Query::default() };
        assert_eq!(world.module.query(&bob(), "goods", &query).await.unwrap().records.len(), 5);
        world.module.delete(&bob(), "goods").await.unwrap();
        for table in tables {
            assert_eq!(count(table).await, 0, "{}: {table}", world.name());
        }
    }
}

#[tokio::test]
async fn what_was_collected_is_told_by_the_hour_and_day() {
    for world in World::everywhere().await {
        let hour = Duration::from_hours(1);
        world.write(json!([{ "id": 1 }, { "id": 2 }])).await.unwrap();
        world.clock.advance(DAY * 2);
        let from = world.module.now();
        world.write(json!([{ "id": 2, "name": "other" }, { "id": 3 }])).await.unwrap();
        world.clock.advance(hour * 2);
        world.write(json!([{ "id": 4 }, { "id": 5 }])).await.unwrap();
        let told = async |who, from, span| {
            let buckets = world.module.collected(&who, from, span).await.unwrap();
            let tell = |(_, it): &(_, Collected)| (it.added, it.changed, it.removed);
            buckets.iter().map(tell).collect::<Vec<_>>()
        };
        let hours = told(ada(), Some(from), BucketSpan::Hour).await;
        assert_eq!(hours, [(1, 1, 0), (0, 0, 0), (2, 0, 0)], "{}", world.name());
        let day = told(ada(), None, BucketSpan::Hour).await;
        assert_eq!(day.iter().map(|(added, ..)| added).sum::<u64>(), 3, "{}", world.name());
        assert_eq!(day.len(), 25);
        let days = told(ada(), Some(from.minus(DAY * 2)), BucketSpan::Day).await;
        assert_eq!(days.iter().map(|(added, ..)| added).sum::<u64>(), 5, "{}", world.name());
        let kept = async || {
            let database = &world.database.database;
            let sql = "SELECT CAST(COUNT(*) AS BIGINT) AS found FROM dataset_counts";
            let row = database.read().query_one_raw(database.statement(sql, [])).await.unwrap();
            row.unwrap().try_get::<i64>("", "found").unwrap()
        };
        let before = kept().await;
        for id in 6..20 {
            world.write(json!([{ "id": id }])).await.unwrap();
        }
        assert_eq!(kept().await, before, "{}: versions of an hour are one count", world.name());
        let hours = told(ada(), Some(from), BucketSpan::Hour).await;
        assert_eq!(hours[2], (16, 0, 0), "{}", world.name());
        let others = told(bob(), Some(from), BucketSpan::Hour).await;
        assert!(others.iter().all(|it| *it == (0, 0, 0)), "{}", world.name());
        for wrong in [from.plus(DAY), from.minus(DAY * 32)] {
            assert!(world.module.collected(&ada(), Some(wrong), BucketSpan::Hour).await.is_err());
        }
    }
}
