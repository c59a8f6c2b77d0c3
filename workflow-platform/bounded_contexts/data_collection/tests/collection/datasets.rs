//! Batches against a model of what a dataset is: a map under the user's own key.

use std::{collections::BTreeMap, sync::Arc};

use data_collection::{
    DatasetsModule,
    application::dataset::Upsert,
    domain::dataset::{Batch, DatasetName},
};
use proptest::{
    collection::vec,
    prelude::*,
    strategy::ValueTree as _,
    test_runner::{Config, TestRunner},
};
use serde_json::{Value, json};
use shared_kernel::{application::Unlimited, domain::Owner};
use testkit::TestDatabase;
use uuid::Uuid;

fn module(world: &TestDatabase) -> Arc<DatasetsModule> {
    let (ambient, _) = testkit::ambient();
    data_collection::datasets(world.database.clone(), Arc::new(Unlimited), ambient)
}

fn upsert(owner: Owner, records: &[(u8, u8)], key: &str) -> Upsert {
    let records = records.iter().map(|(id, price)| json!({ "id": id, "price": price })).collect();
    Upsert {
        owner,
        dataset: "goods".parse::<DatasetName>().unwrap(),
        batch: Batch::new(&["id".to_owned()], records).unwrap(),
        idempotency_key: key.to_owned(),
        execution: None,
    }
}

/// What a batch adds, changes and leaves alone in the model.
fn apply(model: &mut BTreeMap<u8, u8>, records: &[(u8, u8)]) -> (u64, u64, u64) {
    let batch: BTreeMap<u8, u8> = records.iter().copied().collect();
    let (mut added, mut changed, mut unchanged) = (0, 0, 0);
    for (id, price) in batch {
        match model.insert(id, price) {
            None => added += 1,
            Some(before) if before != price => changed += 1,
            Some(_) => unchanged += 1,
        }
    }
    (added, changed, unchanged)
}

async fn stored(module: &DatasetsModule, owner: Owner) -> BTreeMap<u8, u8> {
    let records = module.all_records(owner, "goods").await.unwrap();
    let field = |data: &Value, name: &str| u8::try_from(data[name].as_u64().unwrap()).unwrap();
    let pairs: Vec<_> = records
        .iter()
        .map(|row| serde_json::to_value(&row.data).unwrap())
        .map(|data| (field(&data, "id"), field(&data, "price")))
        .collect();
    let map: BTreeMap<_, _> = pairs.iter().copied().collect();
    assert_eq!(map.len(), pairs.len(), "a key is stored twice");
    map
}

#[tokio::test]
async fn batches_do_to_a_dataset_what_they_do_to_a_map() {
    let batches = vec(vec((0_u8..12, 0_u8..4), 1..20), 1..8);
    let mut runner = TestRunner::new_with_rng(
        Config::default(),
        proptest::test_runner::TestRng::deterministic_rng(Config::default().rng_algorithm),
    );
    for world in testkit::databases(&[data_collection::migrations]).await {
        let module = module(&world);
        for case in 0..25 {
            let owner = Owner::new(Uuid::from_u128(case).into());
            let batches = batches.new_tree(&mut runner).unwrap().current();
            let mut model = BTreeMap::new();
            for (turn, records) in batches.iter().enumerate() {
                let wanted = upsert(owner, records, &format!("{case}-{turn}"));
                let done = module.upsert(&wanted).await.unwrap();
                let counts = (done.added, done.changed_count, done.unchanged);
                assert_eq!(counts, apply(&mut model, records), "{}: {batches:?}", world.name);
                assert_eq!(done.total, model.len() as u64, "{}: {batches:?}", world.name);
                assert_eq!(module.upsert(&wanted).await.unwrap(), done, "the same batch again");
            }
            assert_eq!(stored(&module, owner).await, model, "{}: {batches:?}", world.name);
        }
    }
}

#[tokio::test]
async fn a_batch_keeps_the_order_it_was_given_in() {
    for world in testkit::databases(&[data_collection::migrations]).await {
        let module = module(&world);
        let owner = Owner::new(Uuid::from_u128(7).into());
        let records: Vec<_> = (0..200).rev().map(|id| (id, 1)).collect();
        module.upsert(&upsert(owner, &records, "once")).await.unwrap();
        let rows = module.all_records(owner, "goods").await.unwrap();
        let ids: Vec<_> =
            rows.iter().map(|row| serde_json::to_value(&row.data).unwrap()["id"].clone()).collect();
        let given: Vec<_> = records.iter().map(|(id, _)| json!(id)).collect();
        assert_eq!(ids, given, "{}", world.name);
    }
}

#[tokio::test]
async fn batches_at_the_same_time_do_not_lose_each_other() {
    for world in testkit::databases(&[data_collection::migrations]).await {
        let module = module(&world);
        let owner = Owner::new(Uuid::from_u128(9).into());
        let batches: Vec<_> = (0_u8..20)
            .map(|turn| upsert(owner, &[(turn, 1), (turn + 1, 1)], &turn.to_string()))
            .collect();
        let done = futures::future::join_all(batches.iter().map(|one| module.upsert(one))).await;
        let added: u64 = done.into_iter().map(|one| one.unwrap().added).sum();
        assert_eq!((added, stored(&module, owner).await.len()), (21, 21), "{}", world.name);
    }
}
