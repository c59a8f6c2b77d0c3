//! Links show their columns and nothing else, until they are revoked.

use std::time::Duration;

use data_collection::application::dataset::{DatasetsError, NewShare, Opened, Query};
use serde_json::{Value, json};
use shared_kernel::domain::{Fault as _, PageRequest};
use uuid::Uuid;

use super::{World, ada, bob};

async fn share(world: &World, columns: Option<Vec<&str>>, days: Option<u32>) -> (Uuid, String) {
    let wanted = NewShare {
        label: "for Bob".to_owned(),
        columns: columns.map(|names| names.into_iter().map(ToOwned::to_owned).collect()),
        expires_at: days.map(|days| world.module.now().plus(Duration::from_hours(24) * days)),
    };
    let shared = world.module.share(&ada(), "goods", wanted).await.unwrap();
    (shared.share.id, shared.token)
}

async fn seen(world: &World, opened: &Opened, query: Query) -> Result<Vec<Value>, DatasetsError> {
    let found = world.module.shared_records(opened, &Query { limit: 50, ..query }).await?;
    Ok(found.records.into_iter().map(|row| Value::Object(row.data)).collect())
}

#[tokio::test]
async fn a_link_shows_its_columns_and_finds_by_nothing_else() {
    for world in World::everywhere().await {
        world
            .write(json!([
                { "id": 1, "name": "apple", "cost": 7, "note": "secret" },
                { "id": 2, "name": "pear", "cost": 9, "note": "hidden" },
            ]))
            .await
            .unwrap();
        let (_, token) = share(&world, Some(vec!["name"]), None).await;
        let opened = world.module.open(&token).await.unwrap();
        assert!(!opened.shows_key());
        assert_eq!(opened.dataset.columns.0.len(), 1);
        let all = seen(&world, &opened, Query::default()).await.unwrap();
        assert_eq!(
            all,
            [json!({ "name": "apple" }), json!({ "name": "pear" })],
            "{}",
            world.name()
        );
        let by = |filter| Query { filter: Some(filter), ..Query::default() };
        for hidden in [json!({ "cost": { "gt": 8 } }), json!({ "note": "secret" })] {
            let error = seen(&world, &opened, by(hidden)).await.unwrap_err();
            assert_eq!(error.code(), "VALIDATION_ERROR");
        }
        let sorted = Query { sort: Some("cost".to_owned()), ..Query::default() };
        assert!(seen(&world, &opened, sorted).await.is_err());
        let search = |text: &str| Query { search: Some(text.to_owned()), ..Query::default() };
        assert_eq!(seen(&world, &opened, search("secret")).await.unwrap(), Vec::<Value>::new());
        assert_eq!(seen(&world, &opened, search("apple")).await.unwrap().len(), 1);
        let chosen = Query { visible: Some(vec!["cost".to_owned()]), ..Query::default() };
        assert_eq!(seen(&world, &opened, chosen).await.unwrap(), [json!({}), json!({})]);
        world
            .write(json!([{ "id": 1, "name": "apple", "cost": 8, "note": "secret" }]))
            .await
            .unwrap();
        world
            .write(json!([{ "id": 2, "name": "plum", "cost": 9, "note": "hidden" }]))
            .await
            .unwrap();
        let mut after = None;
        let mut followed = Vec::new();
        for _ in 0..5 {
            let delta = world.module.shared_changes(&opened, after.as_deref(), 1).await.unwrap();
            followed.extend(delta.changes.into_iter().map(|change| change.version));
            after = Some(delta.cursor);
        }
        assert_eq!(followed, [1, 1, 3], "{}", world.name());
        assert_eq!(after.as_deref(), Some("3-1"), "a cursor says nothing of keys");
        for wrong in ["x", "3-9", "-", "99999999999-1"] {
            assert!(world.module.shared_changes(&opened, Some(wrong), 1).await.is_err(), "{wrong}");
        }
        let latest = world.module.shared_latest(&opened).await.unwrap();
        let versions: Vec<_> = latest.iter().map(|change| change.version).collect();
        assert_eq!(versions, [3, 1, 1], "{}: a change of what is hidden is none", world.name());
        let shown =
            latest.iter().flat_map(|change| change.after.iter().flat_map(serde_json::Map::keys));
        assert!(shown.into_iter().all(|name| name == "name"));
    }
}

#[tokio::test]
async fn revoked_expired_and_foreign_links_are_nothing() {
    for world in World::everywhere().await {
        world.write(json!([{ "id": 1 }])).await.unwrap();
        let (id, token) = share(&world, None, None).await;
        let (_, short) = share(&world, None, Some(1)).await;
        for good in [&token, &short] {
            world.module.open(good).await.unwrap();
        }
        assert!(world.module.revoke_share(&bob(), "goods", id).await.is_err());
        world.module.revoke_share(&ada(), "goods", id).await.unwrap();
        world.clock.advance(Duration::from_hours(25));
        for bad in [token.as_str(), short.as_str(), "wps_x", "", "%00"] {
            let error = world.module.open(bad).await.unwrap_err();
            assert_eq!(error.code(), "NOT_FOUND", "{}: {bad}", world.name());
        }
        assert!(world.module.revoke_share(&ada(), "goods", id).await.is_err(), "twice");
        let listed = world.module.shares(&ada(), "goods", PageRequest::default()).await.unwrap();
        let revoked: Vec<_> = listed.items.iter().map(|one| one.revoked_at.is_some()).collect();
        assert_eq!(revoked.iter().filter(|one| **one).count(), 1, "{}", world.name());
        assert!(listed.items.iter().all(|one| one.used_at.is_some()));
        assert!(world.module.shares(&bob(), "goods", PageRequest::default()).await.is_err());
        world.module.delete(&ada(), "goods").await.unwrap();
        assert!(world.module.open(&short).await.is_err());
    }
}

#[tokio::test]
async fn a_link_that_makes_no_sense_is_refused() {
    for world in World::everywhere().await {
        world.write(json!([{ "id": 1 }])).await.unwrap();
        let refused = async |wanted: NewShare| {
            let error = world.module.share(&ada(), "goods", wanted).await.unwrap_err();
            error.details().as_object().unwrap().keys().next().unwrap().clone()
        };
        let good = NewShare { label: "x".to_owned(), ..NewShare::default() };
        assert_eq!(refused(NewShare::default()).await, "label");
        let columns = Some(vec!["none".to_owned()]);
        assert_eq!(refused(NewShare { columns, ..good.clone() }).await, "columns");
        let columns = Some(Vec::new());
        assert_eq!(refused(NewShare { columns, ..good.clone() }).await, "columns");
        let expires_at = Some(world.module.now());
        assert_eq!(
            refused(NewShare { expires_at, ..good }).await,
            "expires_at",
            "{}",
            world.name()
        );
    }
}
