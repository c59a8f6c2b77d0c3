//! Datasets on both databases.

mod batches;
mod files;
mod followed;
mod held;
mod kept;
mod large;
mod model;
mod queries;
mod shared;

use std::sync::Arc;

use data_collection::{
    DatasetsModule,
    application::dataset::{Author, Cause, DatasetsError, Mode, Query, Write, Written},
    domain::dataset::DatasetName,
};
use serde_json::{Value, json};
use shared_kernel::{
    application::{Principal, Proof, SessionProof, Unlimited},
    domain::{Fault as _, Locale, Owner, Role},
    infrastructure::cpu::CpuPool,
};
use testkit::{MovableClock, TestDatabase};
use uuid::Uuid;

/// One user's datasets.
pub struct World {
    pub database: TestDatabase,
    pub module: Arc<DatasetsModule>,
    pub clock: Arc<MovableClock>,
}

impl World {
    pub fn new(database: TestDatabase) -> Self {
        let (ambient, clock) = testkit::ambient();
        let module = data_collection::datasets(
            database.database.clone(),
            Arc::new(Unlimited),
            CpuPool::new(2),
            ambient,
        );
        Self { database, module, clock }
    }

    pub async fn everywhere() -> Vec<Self> {
        let databases = testkit::databases(&[data_collection::migrations]).await;
        databases.into_iter().map(Self::new).collect()
    }

    pub fn name(&self) -> &str {
        self.database.name
    }

    pub async fn write(&self, records: Value) -> Result<Written, DatasetsError> {
        self.module
            .write_by(&ada(), "goods", Some(vec!["id".into()]), Mode::Upsert, list(records))
            .await
    }

    /// All that a query finds, page by page.
    pub async fn find(&self, mut query: Query) -> Vec<Value> {
        let mut found = Vec::new();
        for _ in 0..1000 {
            let page = self.module.query(&ada(), "goods", &query).await.unwrap();
            found.extend(page.records.into_iter().map(|row| Value::Object(row.data)));
            query.cursor = page.next_cursor;
            if query.cursor.is_none() {
                return found;
            }
        }
        panic!("the pages do not end");
    }

    /// Refused as invalid at this place.
    pub async fn refused(&self, query: Query) -> String {
        let error = self.module.query(&ada(), "goods", &query).await.unwrap_err();
        let details = error.details();
        let place = details.as_object().and_then(|fields| fields.keys().next());
        format!("{} {}", error.code(), place.cloned().unwrap_or_default())
    }
}

pub fn list(records: Value) -> Vec<Value> {
    let Value::Array(records) = records else { panic!("a list") };
    records
}

pub fn person(number: u128) -> Principal {
    let proof = Proof::Session(SessionProof { id: Uuid::nil(), token: Uuid::nil(), expires_at: 0 });
    Principal { user: Uuid::from_u128(number).into(), role: Role::User, locale: Locale::En, proof }
}

pub fn ada() -> Principal {
    person(1)
}

pub fn bob() -> Principal {
    person(2)
}

pub fn ids(records: &[Value]) -> Vec<i64> {
    records.iter().map(|record| record["id"].as_i64().unwrap()).collect()
}

pub fn write(owner: Owner, records: Vec<Value>, key: &str) -> Write {
    Write {
        owner,
        dataset: "goods".parse::<DatasetName>().unwrap(),
        key: Some(vec!["id".to_owned()]),
        records,
        mode: Mode::Upsert,
        idempotency_key: key.to_owned(),
        author: Author::default(),
        cause: Cause::Batch,
    }
}

pub fn filter(filter: Value) -> Query {
    Query { filter: Some(filter), limit: 7, ..Query::default() }
}

pub fn goods(count: i64) -> Value {
    let record = |id: i64| {
        json!({
            "id": id,
            "name": format!("书 {id} 剑来 volume{}", id % 7),
            "price": (id * 37) % 101,
            "kind": if id % 3 == 0 { json!(null) } else { json!(format!("k{}", id % 3)) },
            "tags": ["a", format!("t{}", id % 5)],
        })
    };
    Value::Array((0..count).map(record).collect())
}
