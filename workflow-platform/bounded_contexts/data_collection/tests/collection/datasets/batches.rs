//! Batches: all or nothing, once, in order, and within the plan.

use std::sync::Arc;

use async_trait::async_trait;
use data_collection::application::dataset::Mode;
use serde_json::json;
use shared_kernel::{
    application::{Allowance, Entitlements, EntitlementsError, Limit},
    domain::{Fault as _, Owner},
    infrastructure::cpu::CpuPool,
};

use super::{World, ada, goods, ids, list, write};

#[tokio::test]
async fn a_batch_keeps_the_order_it_was_given_in() {
    for world in World::everywhere().await {
        let records: Vec<_> = (0..700).rev().map(|id| json!({ "id": id })).collect();
        world.write(json!(records)).await.unwrap();
        world.write(json!([{ "id": 1000 }, { "id": 1001 }])).await.unwrap();
        let found = world.find(super::filter(json!({}))).await;
        let expected: Vec<i64> = [1000, 1001].into_iter().chain((0..700).rev()).collect();
        assert_eq!(ids(&found), expected, "{}", world.name());
    }
}

#[tokio::test]
async fn the_same_batch_is_written_once() {
    for world in World::everywhere().await {
        let wanted = write(ada().owner(), list(goods(3)), "once");
        let first = world.module.write(wanted.clone()).await.unwrap();
        assert_eq!((first.added, first.version), (3, 1));
        assert_eq!(world.module.write(wanted).await.unwrap(), first, "{}", world.name());
        let again = write(ada().owner(), list(goods(3)), "twice");
        let again = world.module.write(again).await.unwrap();
        assert_eq!((again.added, again.unchanged, again.version), (0, 3, 1));
    }
}

#[tokio::test]
async fn batches_at_the_same_time_do_not_lose_each_other() {
    for world in World::everywhere().await {
        let batches = (0_u8..20).map(|turn| {
            let records = vec![json!({ "id": turn }), json!({ "id": turn + 1 })];
            world.module.write(write(ada().owner(), records, &turn.to_string()))
        });
        let done = futures::future::join_all(batches).await;
        let added: u64 = done.into_iter().map(|one| one.unwrap().added).sum();
        let stored = world.module.all_records(ada().owner(), "goods").await.unwrap().len();
        assert_eq!((added, stored), (21, 21), "{}", world.name());
    }
}

/// Somebody with room for ten records.
struct Ten;

#[async_trait]
impl Entitlements for Ten {
    async fn allowance(&self, _: Owner, limit: Limit) -> Result<Allowance, EntitlementsError> {
        Ok(Allowance { limit, allowed: Some(10), resets_at: None })
    }
}

#[tokio::test]
async fn batches_for_several_datasets_never_pass_the_limit_together() {
    for world in World::everywhere().await {
        let (ambient, _) = testkit::ambient();
        let database = world.database.database.clone();
        let module = data_collection::datasets(database, Arc::new(Ten), CpuPool::new(2), ambient);
        let batches = (0..12).map(|turn| {
            let records = vec![json!({ "id": 1 }), json!({ "id": 2 })];
            let mut wanted = write(ada().owner(), records, "one");
            wanted.dataset = format!("goods-{turn}").parse().unwrap();
            module.write(wanted)
        });
        let done = futures::future::join_all(batches).await;
        let written = done.iter().filter(|one| one.is_ok()).count();
        assert_eq!(written, 5, "{}", world.name());
        let refused = done.into_iter().find_map(Result::err).unwrap();
        assert_eq!(refused.code(), "QUOTA_EXCEEDED");
    }
}

#[tokio::test]
async fn inserts_refuse_known_keys_and_appends_need_none() {
    for world in World::everywhere().await {
        let by = |key: Option<&str>, mode, records| {
            let key = key.map(|key| vec![key.to_owned()]);
            let module = Arc::clone(&world.module);
            async move { module.write_by(&ada(), "log", key, mode, list(records)).await }
        };
        let error = by(None, Mode::Upsert, json!([{ "a": 1 }])).await.unwrap_err();
        assert_eq!(error.code(), "VALIDATION_ERROR", "{}: no key is known", world.name());
        by(Some("a"), Mode::Insert, json!([{ "a": 1 }])).await.unwrap();
        let error = by(None, Mode::Insert, json!([{ "a": 2 }, { "a": 1 }])).await.unwrap_err();
        assert_eq!((error.code(), &error.details()["key"]), ("RECORD_EXISTS", &json!("1")));
        let error = by(Some("b"), Mode::Upsert, json!([{ "b": 2 }])).await.unwrap_err();
        assert_eq!(error.code(), "DATASET_KEY_MISMATCH");
        let append = async |records| {
            let written =
                world.module.write_by(&ada(), "lines", None, Mode::Append, list(records)).await;
            written.unwrap()
        };
        assert_eq!(append(json!([{}, {}])).await.added, 2);
        assert_eq!(append(json!([{}])).await.total, 3, "{}", world.name());
    }
}

#[tokio::test]
async fn huge_records_are_refused_and_large_ones_end_a_page_early() {
    for world in World::everywhere().await {
        let large = |id: u32| json!({ "id": id, "text": "x".repeat(1_000_000) });
        world
            .write(json!([large(1), large(2), large(3), large(4), large(5), large(6)]))
            .await
            .unwrap();
        let query = super::Query { limit: 200, ..super::Query::default() };
        let page = world.module.query(&ada(), "goods", &query).await.unwrap();
        assert!(page.records.len() < 6 && page.next_cursor.is_some(), "{}", world.name());
        assert_eq!(ids(&world.find(query).await), [1, 2, 3, 4, 5, 6]);
        let error =
            world.write(json!([{ "id": 7, "text": "x".repeat(1_100_000) }])).await.unwrap_err();
        assert_eq!(error.details()["records[0]"][0], "is larger than 1048576 bytes");
    }
}
