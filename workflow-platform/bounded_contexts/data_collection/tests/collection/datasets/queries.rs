//! Filters, orders, search and figures: the same answers on both databases as a look at all records.

use data_collection::{
    application::dataset::{DatasetEdit, Order, Query},
    domain::dataset::{Cell, ColumnEdit, Filter, Search},
};
use serde_json::{Map, Value, json};
use tokio_util::sync::CancellationToken;

use super::{World, ada, bob, filter, goods, ids};

/// More than are looked at at once, so that both ways of finding are taken.
const COUNT: i64 = 2100;

/// What must be found, by looking at every record.
fn expected(all: &[Value], query: &Query) -> Vec<i64> {
    let filter = query.filter.clone().unwrap_or_else(|| json!({}));
    let filter = Filter::read(&filter, "filter").unwrap();
    let search = query.search.as_deref().and_then(Search::new);
    let data = |record: &Value| -> Map<String, Value> { record.as_object().unwrap().clone() };
    let mut found: Vec<(usize, &Value)> = all
        .iter()
        .enumerate()
        .filter(|(_, record)| {
            filter.matches(&data(record), shared_kernel::domain::Timestamp::default())
        })
        .filter(|(_, record)| search.as_ref().is_none_or(|search| search.matches(&data(record))))
        .collect();
    if let Some(sort) = &query.sort {
        // Later in the batch is earlier in time.
        found.sort_by_key(|(place, record)| (Cell::of(record.get(sort)), usize::MAX - place));
    }
    let mut found: Vec<_> =
        found.into_iter().map(|(_, record)| record["id"].as_i64().unwrap()).collect();
    if query.order == Some(Order::Descending) && query.sort.is_some() {
        found.reverse();
    }
    if query.order == Some(Order::Ascending) && query.sort.is_none() {
        found.reverse();
    }
    found
}

#[tokio::test]
async fn every_query_finds_what_a_look_at_all_records_finds() {
    let goods = goods(COUNT);
    let all = super::list(goods.clone());
    let filters = [
        json!({}),
        json!({ "price": 50 }),
        json!({ "price": { "gte": 10, "lt": 90 } }),
        json!({ "price": { "in": [1, 2, 500] } }),
        json!({ "kind": { "null": true } }),
        json!({ "kind": "k1" }),
        json!({ "kind": { "ne": "k1" }, "price": { "gt": 95 } }),
        json!({ "kind": { "in": ["k1", "k2"] } }),
        json!({ "name": { "contains": "9 剑来" } }),
        json!({ "name": { "contains": "OLUME3" }, "id": { "lt": 100 } }),
        json!({ "tags": { "contains": "t4" }, "kind": { "null": false } }),
        json!({ "id": -1 }),
    ];
    let searches = [None, Some("剑来"), Some("vol volume6"), Some("书 1234"), Some("来剑")];
    let orders = [
        (None, None),
        (None, Some(Order::Ascending)),
        (Some("price"), None),
        (Some("price"), Some(Order::Descending)),
        (Some("kind"), Some(Order::Descending)),
        (Some("name"), None),
    ];
    for world in World::everywhere().await {
        world.write(goods.clone()).await.unwrap();
        for (turn, wanted) in filters.iter().enumerate() {
            // Every filter with every search, each with two of the orders.
            for (place, search) in searches.iter().enumerate() {
                for (sort, order) in
                    [orders[(turn + place) % 6], orders[(turn + 2 * place + 3) % 6]]
                {
                    let query = Query {
                        filter: Some(wanted.clone()),
                        search: search.map(ToOwned::to_owned),
                        sort: sort.map(ToOwned::to_owned),
                        order,
                        limit: 200,
                        ..Query::default()
                    };
                    let found = ids(&world.find(query.clone()).await);
                    assert_eq!(found, expected(&all, &query), "{}: {query:?}", world.name());
                }
            }
        }
    }
}

#[tokio::test]
async fn the_time_of_the_last_change_is_filtered_and_sorted_by() {
    for world in World::everywhere().await {
        world.write(json!([{ "id": 1, "v": 1 }, { "id": 2, "v": 1 }])).await.unwrap();
        world.clock.advance(std::time::Duration::from_mins(1));
        let then = world.module.now();
        world.write(json!([{ "id": 1, "v": 2 }, { "id": 3, "v": 1 }])).await.unwrap();
        let since = world.find(filter(json!({ "@updated_at": { "gte": then.to_string() } }))).await;
        assert_eq!(ids(&since), [3, 1], "{}", world.name());
        let sort = Some("@updated_at".to_owned());
        let query = Query { sort, limit: 2, ..Query::default() };
        assert_eq!(ids(&world.find(query).await), [2, 1, 3], "{}", world.name());
    }
}

#[tokio::test]
async fn faults_of_a_query_have_their_place() {
    for world in World::everywhere().await {
        world.write(json!([{ "id": 1, "tags": [] }])).await.unwrap();
        let sorted = |sort: &str| Query { sort: Some(sort.to_owned()), ..Query::default() };
        assert_eq!(
            world.refused(filter(json!({ "nmae": 1 }))).await,
            "VALIDATION_ERROR filter.nmae"
        );
        assert_eq!(
            world.refused(filter(json!({ "id": { "x": 1 } }))).await,
            "VALIDATION_ERROR filter.id.x"
        );
        assert_eq!(world.refused(sorted("tags")).await, "VALIDATION_ERROR sort");
        assert_eq!(world.refused(sorted("nmae")).await, "VALIDATION_ERROR sort");
        let search = Query { search: Some("--".to_owned()), ..Query::default() };
        assert_eq!(world.refused(search).await, "VALIDATION_ERROR search");
        let cursor = Query { cursor: Some("AAAA".to_owned()), ..Query::default() };
        assert_eq!(world.refused(cursor).await, "VALIDATION_ERROR cursor");
        let others = world.module.query(&bob(), "goods", &Query::default()).await;
        assert!(others.is_err(), "{}: another tenant's", world.name());
    }
}

#[tokio::test]
async fn hostile_names_and_values_are_only_names_and_values() {
    let hostile =
        ["'", "\"", "\\", "a\"b'c", "$.x", "%", "_", "--", ";DROP TABLE datasets", "\u{1}", "𠮷"];
    for world in World::everywhere().await {
        let record: Map<String, Value> =
            hostile.iter().map(|text| ((*text).to_owned(), json!(text))).collect();
        let mut record = Value::Object(record);
        record["id"] = json!("a/b?c#d'\"");
        world.write(json!([record, { "id": "other" }])).await.unwrap();
        for text in hostile {
            let found = world.find(filter(json!({ text: text, "id": { "ne": "other" } }))).await;
            assert_eq!(found, [record.clone()], "{}: {text}", world.name());
            let search = Query { search: Some(format!("{text} a")), limit: 5, ..Query::default() };
            let _ = world.module.query(&ada(), "goods", &search).await;
        }
        assert!(world.module.record(&ada(), "goods", "a/b?c#d'\"", None).await.is_ok());
        assert!(world.module.record(&ada(), "../goods", "x", None).await.is_err());
    }
}

#[tokio::test]
async fn a_column_that_comes_late_is_indexed_for_all_records() {
    for world in World::everywhere().await {
        world.write(goods(2500)).await.unwrap();
        world.write(json!([{ "id": 9000, "late": 1 }])).await.unwrap();
        let sorted = Query { sort: Some("late".to_owned()), limit: 100, ..Query::default() };
        assert_eq!(world.refused(sorted.clone()).await, "INDEX_BUILDING field");
        let still = world.find(filter(json!({ "late": 1 }))).await;
        assert_eq!(ids(&still), [9000], "{}: it is found meanwhile", world.name());
        world.module.work_off(&CancellationToken::new()).await.unwrap();
        let found = world.find(sorted).await;
        assert_eq!((found.len(), &found[2500]["id"]), (2501, &json!(9000)), "{}", world.name());
        let columns =
            vec![ColumnEdit { name: "tags".to_owned(), indexed: true, ..ColumnEdit::default() }];
        let edit = DatasetEdit { columns, ..DatasetEdit::default() };
        world.module.edit(&ada(), "goods", edit).await.unwrap();
        world.module.work_off(&CancellationToken::new()).await.unwrap();
        let null = filter(json!({ "tags": { "null": true } }));
        assert_eq!(ids(&world.find(null).await), [9000], "{}", world.name());
    }
}

#[tokio::test]
async fn figures_of_a_field_are_right() {
    for world in World::everywhere().await {
        world
            .write(json!([
                { "id": 1, "n": 5, "t": "a", "l": [1] }, { "id": 2, "n": -1, "t": "a" },
                { "id": 3, "n": null, "t": "b", "l": [2] }, { "id": 4, "n": 2.5 },
            ]))
            .await
            .unwrap();
        let of = async |field: &str| {
            let figures = world.module.statistics(&ada(), "goods", field).await.unwrap();
            serde_json::to_value(figures).unwrap()
        };
        let (n, t, l) = (of("n").await, of("t").await, of("l").await);
        let figures = |one: &Value| {
            ["examined", "nulls", "distinct", "min", "max"].map(|name| one[name].clone())
        };
        assert_eq!(
            figures(&n),
            [json!(4), json!(1), json!(3), json!(-1), json!(5)],
            "{}",
            world.name()
        );
        assert_eq!(figures(&t), [json!(4), json!(1), json!(2), json!("a"), json!("b")]);
        assert_eq!(t["top"], json!([{ "value": "a", "count": 2 }, { "value": "b", "count": 1 }]));
        assert_eq!(
            (&l["examined"], &l["nulls"], &l["sampled"]),
            (&json!(4), &json!(2), &json!(false))
        );
        assert!(world.module.statistics(&ada(), "goods", "none").await.is_err());
    }
}
