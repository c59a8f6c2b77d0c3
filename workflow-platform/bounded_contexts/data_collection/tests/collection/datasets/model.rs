//! Random histories against a model of what a dataset is: a map under the user's own key, and all
//! maps that it ever was.

use std::{collections::BTreeMap, time::Duration};

use data_collection::application::dataset::{Query, Recorded};
use proptest::{
    collection::vec,
    prelude::*,
    strategy::ValueTree as _,
    test_runner::{Config, TestRng, TestRunner},
};
use serde_json::{Value, json};
use shared_kernel::domain::Timestamp;

use super::{World, ada, person, write};

/// One thing that is done to the dataset.
#[derive(Debug, Clone)]
enum Deed {
    Upsert(Vec<(u8, u8)>),
    Remove(Vec<u8>),
}

/// A record as the model knows it.
#[derive(Debug, Clone, PartialEq)]
struct Known {
    price: u8,
    first: Timestamp,
    changed: Timestamp,
    seen: Timestamp,
    version: u64,
}

/// A change: the version, and the price before and after.
type Change = (u64, Option<u8>, Option<u8>);

#[derive(Debug, Default)]
struct Model {
    records: BTreeMap<u8, Known>,
    version: u64,
    /// What the map was at each version.
    versions: Vec<BTreeMap<u8, u8>>,
    history: BTreeMap<u8, Vec<Change>>,
}

impl Model {
    fn prices(&self) -> BTreeMap<u8, u8> {
        self.records.iter().map(|(id, known)| (*id, known.price)).collect()
    }

    fn apply(&mut self, deed: &Deed, now: Timestamp) {
        if self.versions.is_empty() {
            self.versions.push(BTreeMap::new());
        }
        let before = self.prices();
        let next = self.version + 1;
        match deed {
            Deed::Upsert(pairs) => {
                for (id, price) in pairs.iter().copied().collect::<BTreeMap<_, _>>() {
                    let fresh = Known { price, first: now, changed: now, seen: now, version: next };
                    let known = self.records.entry(id).or_insert(fresh);
                    known.seen = now;
                    if known.price != price {
                        (known.price, known.changed, known.version) = (price, now, next);
                    }
                }
            }
            Deed::Remove(ids) => ids.iter().for_each(|id| {
                self.records.remove(id);
            }),
        }
        let after = self.prices();
        if after == before {
            return;
        }
        self.version = next;
        for id in 0..=u8::MAX {
            let (old, new) = (before.get(&id).copied(), after.get(&id).copied());
            if old != new {
                self.history.entry(id).or_default().push((next, old, new));
            }
        }
        self.versions.push(after);
    }
}

fn deeds() -> impl Strategy<Value = Vec<Deed>> {
    let deed = prop_oneof![
        3 => vec((0_u8..12, 0_u8..4), 1..20).prop_map(Deed::Upsert),
        1 => vec(0_u8..12, 1..6).prop_map(Deed::Remove),
    ];
    vec(deed, 1..12)
}

fn price(data: &serde_json::Map<String, Value>) -> u8 {
    u8::try_from(data["price"].as_u64().unwrap()).unwrap()
}

#[tokio::test]
async fn a_dataset_is_what_the_model_is_after_every_deed() {
    let mut runner = TestRunner::new_with_rng(
        Config::default(),
        TestRng::deterministic_rng(Config::default().rng_algorithm),
    );
    for world in World::everywhere().await {
        for case in 0..20 {
            let deeds = deeds().new_tree(&mut runner).unwrap().current();
            check(&world, 100 + case, &deeds).await;
        }
    }
}

async fn check(world: &World, case: u128, deeds: &[Deed]) {
    let who = person(case);
    let mut model = Model::default();
    for (turn, deed) in deeds.iter().enumerate() {
        world.clock.advance(Duration::from_mins(1));
        let now = world.module.now();
        model.apply(deed, now);
        let told = match deed {
            Deed::Upsert(pairs) => {
                let records = pairs.iter().map(|(id, price)| json!({ "id": id, "price": price }));
                let wanted = write(who.owner(), records.collect(), &format!("{case}-{turn}"));
                let done = world.module.write(wanted).await.unwrap();
                (done.version, done.total)
            }
            Deed::Remove(ids) => {
                let keys: Vec<_> = ids.iter().map(ToString::to_string).collect();
                match world.module.remove(&who, "goods", &keys).await {
                    Ok(done) => (done.version, done.total),
                    // Nothing was written yet, so there is no dataset.
                    Err(_) => (0, 0),
                }
            }
        };
        let expected = (model.version, model.records.len() as u64);
        assert_eq!(told, expected, "{} {deed:?} of {deeds:?}", world.name());
    }
    compare(world, &who, &model, deeds).await;
}

async fn compare(
    world: &World,
    who: &shared_kernel::application::Principal,
    model: &Model,
    deeds: &[Deed],
) {
    let module = &world.module;
    let Ok(stored) = module.all_records(who.owner(), "goods").await else {
        assert!(model.records.is_empty(), "{}: {deeds:?}", world.name());
        return;
    };
    let stored: BTreeMap<_, _> = stored
        .into_iter()
        .map(|row| {
            let (first, changed, seen) = (row.created_at, row.updated_at, row.seen_at);
            let known =
                Known { price: price(&row.data), first, changed, seen, version: row.version };
            (row.key.parse::<u8>().unwrap(), known)
        })
        .collect();
    assert_eq!(stored, model.records, "{}: {deeds:?}", world.name());
    for (id, expected) in &model.history {
        let history = module.history(who, "goods", &id.to_string(), None, 200).await.unwrap();
        let found: Vec<Change> = history
            .changes
            .into_iter()
            .rev()
            .map(|one| (one.version, one.before.as_ref().map(price), one.after.as_ref().map(price)))
            .collect();
        assert_eq!(&found, expected, "{}: {id} of {deeds:?}", world.name());
    }
    for (version, prices) in model.versions.iter().enumerate() {
        for id in model.history.keys() {
            let then =
                module.record(who, "goods", &id.to_string(), Some(version as u64)).await.ok();
            let then = then.map(|record| match record {
                Recorded::Now(row) => price(&row.data),
                Recorded::Then { data, .. } => price(&data),
            });
            assert_eq!(then, prices.get(id).copied(), "{}: {id} at {version}", world.name());
        }
    }
    // The index knows the same records as the table.
    for value in 0..4 {
        let filter = Some(json!({ "price": value }));
        let query = Query { filter, limit: 200, ..Query::default() };
        let found = module.query(who, "goods", &query).await;
        let found = found.map(|found| found.records.len()).unwrap_or_default();
        let expected = model.records.values().filter(|known| known.price == value).count();
        assert_eq!(found, expected, "{}: price {value} of {deeds:?}", world.name());
    }
}

#[tokio::test]
async fn a_record_that_comes_again_is_seen_first_again() {
    for world in World::everywhere().await {
        world.write(json!([{ "id": 1, "price": 1 }])).await.unwrap();
        world.module.remove_one(&ada(), "goods", "1".to_owned()).await.unwrap();
        world.clock.advance(Duration::from_mins(1));
        world.write(json!([{ "id": 1, "price": 1 }])).await.unwrap();
        let rows = world.module.all_records(ada().owner(), "goods").await.unwrap();
        assert_eq!((rows[0].created_at, rows[0].version), (world.module.now(), 3));
        let history = world.module.history(&ada(), "goods", "1", None, 2).await.unwrap();
        assert_eq!((history.changes.len(), history.below), (2, Some(2)), "{}", world.name());
        let rest = world.module.history(&ada(), "goods", "1", history.below, 2).await.unwrap();
        assert_eq!((rest.changes.len(), rest.below), (1, None), "{}", world.name());
        assert!(world.module.history(&ada(), "goods", "none", None, 2).await.is_err());
    }
}
