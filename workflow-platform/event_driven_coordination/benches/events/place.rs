//! A database, a stream, and a handler whose only write is the memory of having handled.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use event_driven_coordination::{Handlers, Relay, RelaySettings};
use futures::{StreamExt as _, stream};
use sea_orm::ConnectionTrait as _;
use serde_json::json;
use shared_kernel::{
    application::{EventHandler, HandlerError},
    domain::{Ambient, DomainEvent},
    infrastructure::{
        db::{AtOnce, Database, DatabaseSettings, UnitOfWork, outbox_insert},
        redis_streams::RedisStreams,
        system,
    },
};
use testkit::TestDatabase;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

const AT_ONCE: usize = 50;
const WRITERS: usize = 4;
/// Events come in turns from so many aggregates.
const AGGREGATES: usize = 500;

struct Remembers;

#[async_trait]
impl EventHandler for Remembers {
    fn name(&self) -> &'static str {
        "bench.remembers"
    }

    fn wants(&self, kind: &str) -> bool {
        kind == "bench.happened"
    }

    async fn handle(&self, _: &DomainEvent, _: &mut UnitOfWork) -> Result<(), HandlerError> {
        Ok(())
    }
}

pub struct Place {
    test: TestDatabase,
    streams: RedisStreams,
    ambient: Ambient,
}

impl Place {
    pub async fn new() -> Self {
        let test = testkit::postgres(&[event_driven_coordination::migrations]).await;
        let url = testkit::database::redis_url().expect("a Redis: run it by make bench-events");
        Self {
            test: test.expect("a PostgreSQL: run it by make bench-events"),
            streams: RedisStreams::open(&url).await.unwrap(),
            ambient: system::ambient(),
        }
    }

    fn database(&self) -> &Database {
        &self.test.database
    }

    pub fn settings(&self) -> &DatabaseSettings {
        &self.test.settings
    }

    /// What the handlers of a storm write into.
    pub async fn make_ledger(&self) {
        let table =
            "CREATE TABLE bench_ledger (seq bigserial PRIMARY KEY, aggregate text, n bigint)";
        self.database().write().execute_unprepared(table).await.unwrap();
    }

    /// Rows of the ledger, those that are there twice, and those before one that came earlier.
    pub async fn audit(&self) -> [i64; 3] {
        const ASKED: [&str; 3] = [
            "SELECT COUNT(*) AS n FROM bench_ledger",
            "SELECT COUNT(*) - COUNT(DISTINCT (aggregate, n)) AS n FROM bench_ledger",
            "SELECT COUNT(*) AS n FROM (SELECT n, LAG(n) OVER (PARTITION BY aggregate ORDER BY seq) AS b \
             FROM bench_ledger) one WHERE b > n",
        ];
        let mut found = [0; 3];
        for (found, sql) in found.iter_mut().zip(ASKED) {
            *found = self.number(sql).await;
        }
        found
    }

    async fn number(&self, sql: &str) -> i64 {
        let asked = self.database().statement(sql, []);
        let row = self.database().read().query_one_raw(asked).await.unwrap().unwrap();
        row.try_get("", "n").unwrap()
    }

    pub fn relay(&self) -> Running {
        let handlers = Handlers::new([Arc::new(Remembers) as Arc<dyn EventHandler>], []);
        let (database, ambient) = (self.database().clone(), self.ambient.clone());
        let relay = Relay::new(database, ambient, handlers, RelaySettings::default());
        let relay = relay.over(Some(self.streams.clone()));
        let stop = CancellationToken::new();
        let stopped = stop.clone();
        Running { stop, task: tokio::spawn(async move { relay.run(stopped).await }) }
    }

    /// So many events, by some writers at once.
    pub async fn insert(&self, count: usize) {
        let writes = (0..count / AT_ONCE).map(|n| self.insert_from(n * AT_ONCE, AT_ONCE));
        stream::iter(writes).buffer_unordered(WRITERS).for_each(async |()| ()).await;
    }

    /// So many events, in one transaction.
    pub async fn insert_once(&self, count: usize) {
        self.insert_from(0, count).await;
    }

    /// So many more, in one transaction; each aggregate counts its own.
    pub async fn insert_next(&self, inserted: &mut usize, count: usize) {
        self.insert_from(*inserted, count).await;
        *inserted += count;
    }

    async fn insert_from(&self, first: usize, count: usize) {
        let events: Vec<_> = (first..first + count).map(|n| self.event(n)).collect();
        let mut work = AtOnce::default();
        work.sql = outbox_insert(self.database().backend(), &mut work, &events);
        self.database().at_once(work).await.unwrap();
    }

    fn event(&self, number: usize) -> DomainEvent {
        let (aggregate, n) = (number % AGGREGATES, number / AGGREGATES);
        DomainEvent {
            id: self.ambient.id(),
            kind: "bench.happened".to_owned(),
            version: 1,
            aggregate: "bench".to_owned(),
            aggregate_id: aggregate.to_string(),
            user: Some(self.ambient.id()),
            payload: json!({ "execution_id": self.ambient.uuid(), "status": "succeeded", "n": n }),
            occurred_at: self.ambient.now(),
            request_id: None,
        }
    }

    /// Returns once so many are done with.
    pub async fn delivered(&self, count: usize) {
        let count = i64::try_from(count).unwrap();
        while self.done().await < count {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    pub async fn done(&self) -> i64 {
        self.number("SELECT COUNT(*) AS n FROM outbox WHERE delivered_at IS NOT NULL").await
    }

    pub async fn lags_ms(&self) -> Vec<f64> {
        let sql = "SELECT (delivered_at - occurred_at)::float8 / 1000 AS lag FROM outbox";
        let rows = self.database().read().query_all_raw(self.database().statement(sql, [])).await;
        rows.unwrap().iter().map(|row| row.try_get("", "lag").unwrap()).collect()
    }

    pub async fn clear(&self) {
        self.database().write().execute_unprepared("TRUNCATE outbox, inbox").await.unwrap();
    }
}

pub struct Running {
    stop: CancellationToken,
    task: JoinHandle<()>,
}

impl Running {
    pub async fn stop(self) {
        self.stop.cancel();
        self.task.await.unwrap();
    }
}
