//! Contracts hold back a bad batch until somebody looked at it.

use data_collection::{
    application::dataset::{DatasetEdit, HeldState},
    domain::dataset::{Contract, Reason},
};
use serde_json::{Value, json};
use shared_kernel::domain::{Fault as _, PageRequest};
use uuid::Uuid;

use super::{World, ada, bob};

async fn with_contract(world: &World, contract: Value) {
    let contract: Contract = serde_json::from_value(contract).unwrap();
    let key = Some(vec!["id".to_owned()]);
    let edit = DatasetEdit { contract: Some(contract), key, ..DatasetEdit::default() };
    world.module.create(&ada(), "goods", edit).await.unwrap();
}

async fn records(world: &World) -> usize {
    world.module.all_records(ada().owner(), "goods").await.unwrap().len()
}

#[tokio::test]
async fn a_bad_batch_is_held_and_released() {
    for world in World::everywhere().await {
        with_contract(&world, json!({ "least_records": 2, "largest_drop": 0.5 })).await;
        let held = world.write(json!([{ "id": 1 }])).await.unwrap();
        assert!(held.held && held.version == 0 && held.added == 0, "{held:?}");
        assert_eq!((held.breaches.len(), records(&world).await), (1, 0), "{}", world.name());
        let (who, page) = (ada(), PageRequest::default());
        let listed = world.module.list_held(&who, "goods", Some(HeldState::Held), page).await;
        let listed = listed.unwrap().items;
        assert_eq!((listed.len(), Some(listed[0].id)), (1, held.batch_id));
        let reason = Some(Reason::TooFew { records: 1, least: 2 });
        assert_eq!((listed[0].breaches[0].reason, held.breaches[0].reason), (reason, reason));
        let id = held.batch_id.unwrap();
        let shown = world.module.show_held(&ada(), "goods", id, 0, 50).await.unwrap();
        assert_eq!((shown.records, shown.next), (vec![json!({ "id": 1 })], None));
        let others = world.module.release(&bob(), "goods", id).await.unwrap_err();
        assert_eq!(others.code(), "NOT_FOUND");
        let released = world.module.release(&ada(), "goods", id).await.unwrap();
        assert_eq!((released.added, released.version, records(&world).await), (1, 1, 1));
        let again = world.module.release(&ada(), "goods", id).await.unwrap_err();
        assert_eq!(again.code(), "BATCH_DECIDED", "{}", world.name());
        let gone = world.module.show_held(&ada(), "goods", id, 0, 50).await.unwrap();
        assert_eq!((gone.records.len(), gone.held.version), (0, Some(1)));
    }
}

#[tokio::test]
async fn a_discarded_batch_leaves_nothing_behind() {
    for world in World::everywhere().await {
        with_contract(&world, json!({ "largest_drop": 0.5 })).await;
        let many: Vec<_> = (0..10).map(|id| json!({ "id": id })).collect();
        world.write(json!(many)).await.unwrap();
        let held = world.write(json!([{ "id": 0, "v": 1 }])).await.unwrap();
        assert!(held.held, "{}", world.name());
        let id = held.batch_id.unwrap();
        let row = world.module.discard(&ada(), "goods", id).await.unwrap();
        assert_eq!((row.state, row.decided_by), (HeldState::Discarded, Some(Uuid::from_u128(1))));
        assert_eq!(records(&world).await, 10);
        let next = world.write(json!(many[..5])).await.unwrap();
        assert!(!next.held, "{}: the last published batch had ten", world.name());
    }
}

#[tokio::test]
async fn only_so_many_batches_wait_and_the_same_one_once() {
    for world in World::everywhere().await {
        with_contract(&world, json!({ "least_records": 5 })).await;
        let batch = super::write(ada().owner(), vec![json!({ "id": 1 })], "same");
        let first = world.module.write(batch.clone()).await.unwrap();
        assert_eq!(world.module.write(batch).await.unwrap().batch_id, first.batch_id);
        for _ in 0..19 {
            world.write(json!([{ "id": 1 }])).await.unwrap();
        }
        let error = world.write(json!([{ "id": 1 }])).await.unwrap_err();
        assert_eq!(error.code(), "TOO_MANY", "{}", world.name());
    }
}

#[tokio::test]
async fn whoever_comes_second_finds_the_batch_decided() {
    for world in World::everywhere().await {
        with_contract(&world, json!({ "least_records": 2 })).await;
        let id = world.write(json!([{ "id": 1 }])).await.unwrap().batch_id.unwrap();
        let who = ada();
        let deciding = (0..4).map(|_| world.module.release(&who, "goods", id));
        let done = futures::future::join_all(deciding).await;
        assert_eq!(done.iter().filter(|one| one.is_ok()).count(), 1, "{}", world.name());
        assert_eq!(records(&world).await, 1);
    }
}
