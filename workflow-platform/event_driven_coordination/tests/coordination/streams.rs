//! Events over Redis, with processes that are killed and a Redis that forgets.

use std::{
    collections::HashMap,
    process::{Child, Command, Stdio},
    sync::Arc,
    time::{Duration, Instant},
};

use async_trait::async_trait;
use event_driven_coordination::{Handlers, Relay, RelaySettings};
use parking_lot::Mutex;
use sea_orm::ConnectionTrait as _;
use serde_json::{Value, json};
use shared_kernel::{
    application::{EffectHandler, EventHandler, HandlerError},
    domain::{Ambient, DomainEvent, EventCatalog},
    infrastructure::{
        db::{Database, DatabaseSettings, PostgresSettings, UnitOfWork},
        redis_streams::RedisStreams,
        system,
    },
};
use testkit::{RedisServer, TestDatabase};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::forms::{UPCASTS, catalog_of};

/// Tells a process of this test where to work.
const ROLE: &str = "COORDINATION_TEST_CONSUMER";
const PARKED: &str = "outbox WHERE parked_at IS NOT NULL";
const DONE: &str = "outbox WHERE delivered_at IS NOT NULL";

/// Writes each event down, in the transaction of its handling.
struct Ledger {
    /// Ends the process instead, when it meets an event that says so.
    mortal: bool,
}

#[async_trait]
impl EventHandler for Ledger {
    fn name(&self) -> &'static str {
        "test.ledger"
    }

    fn wants(&self, kind: &str) -> bool {
        kind == "thing.happened" || kind == "thing.killed"
    }

    async fn handle(&self, event: &DomainEvent, work: &mut UnitOfWork) -> Result<(), HandlerError> {
        if self.mortal && event.kind == "thing.killed" {
            std::process::abort();
        }
        let sql = "INSERT INTO ledger (aggregate, n) VALUES ($1, $2)";
        let n = event.payload["n"].as_i64().unwrap();
        let row = [event.aggregate_id.clone().into(), n.into()];
        let statement = work.database().statement(sql, row);
        work.conn().execute_raw(statement).await.map_err(HandlerError::new)?;
        Ok(())
    }
}

fn ledger(mortal: bool) -> Handlers {
    Handlers::new([Arc::new(Ledger { mortal }) as Arc<dyn EventHandler>], [])
}

fn quick() -> RelaySettings {
    RelaySettings {
        lease: Duration::from_secs(4),
        event_limit: Duration::from_secs(1),
        claim_after: Duration::from_secs(1),
        poll_every: Duration::from_millis(100),
        attempts: 4,
        first_wait: Duration::from_millis(100),
        longest_wait: Duration::from_millis(200),
        left_for: Duration::from_millis(300),
        ..RelaySettings::default()
    }
}

struct Stage {
    test: TestDatabase,
    ambient: Ambient,
    redis: RedisServer,
}

impl Stage {
    async fn new() -> Option<Self> {
        let test = testkit::postgres(&[event_driven_coordination::migrations]).await?;
        let table = "CREATE TABLE ledger (seq bigserial PRIMARY KEY, aggregate text, n bigint)";
        test.database.write().execute_unprepared(table).await.unwrap();
        Some(Self { test, ambient: system::ambient(), redis: RedisServer::start() })
    }

    fn event(&self, aggregate: &str, kind: &str, n: usize) -> DomainEvent {
        DomainEvent {
            id: self.ambient.id(),
            kind: kind.to_owned(),
            version: 1,
            aggregate: "thing".to_owned(),
            aggregate_id: aggregate.to_owned(),
            user: None,
            payload: json!({ "n": n }),
            occurred_at: self.ambient.now(),
            request_id: None,
        }
    }

    async fn record(&self, events: &[DomainEvent]) {
        let mut work = self.test.database.begin().await.unwrap();
        for event in events {
            work.record(event).await.unwrap();
        }
        work.commit().await.unwrap();
    }

    /// A process of its own that handles events, until it is killed.
    fn process(&self, over_redis: bool) -> Killed {
        let DatabaseSettings::Postgres(postgres) = &self.test.settings else { panic!("postgres") };
        let url = secrecy::ExposeSecret::expose_secret(&postgres.url);
        let redis = over_redis.then(|| self.redis.url());
        let role = json!({ "url": url, "schema": postgres.schema, "redis": redis });
        let child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "streams::a_process_of_its_own"])
            .env(ROLE, role.to_string())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        Killed(child.unwrap())
    }

    async fn relay(&self, handlers: Handlers, settings: RelaySettings) -> Running {
        self.knowing(handlers, settings, EventCatalog::default()).await
    }

    /// As a process of some version of the platform.
    async fn knowing(
        &self,
        handlers: Handlers,
        settings: RelaySettings,
        catalog: EventCatalog,
    ) -> Running {
        let streams = RedisStreams::open(&self.redis.url()).await.unwrap();
        let database = Database::open(&self.test.settings).await.unwrap();
        let relay = Relay::new(database, self.ambient.clone(), handlers, settings);
        Running::start(relay.knowing(Arc::new(catalog)).over(Some(streams)))
    }

    async fn count(&self, from: &str) -> i64 {
        let database = &self.test.database;
        let statement = database.statement(format!("SELECT COUNT(*) AS n FROM {from}"), []);
        let row = database.read().query_one_raw(statement).await.unwrap().unwrap();
        row.try_get("", "n").unwrap()
    }

    async fn until(&self, from: &str, wanted: i64, within: Duration) {
        let begun = Instant::now();
        while self.count(from).await < wanted {
            let found = self.count(from).await;
            assert!(begun.elapsed() < within, "{found} of {wanted} {from}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// What was written down, by aggregate, in the order of writing.
    async fn ledgers(&self) -> HashMap<String, Vec<i64>> {
        let database = &self.test.database;
        let sql = "SELECT aggregate, n FROM ledger ORDER BY seq";
        let rows = database.read().query_all_raw(database.statement(sql, [])).await.unwrap();
        let mut found: HashMap<String, Vec<i64>> = HashMap::new();
        for row in rows {
            let aggregate = row.try_get("", "aggregate").unwrap();
            found.entry(aggregate).or_default().push(row.try_get("", "n").unwrap());
        }
        found
    }
}

/// A process that is killed at the latest with its test.
struct Killed(Child);

impl Drop for Killed {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

struct Running {
    stop: CancellationToken,
    task: JoinHandle<()>,
}

impl Running {
    fn start(relay: Relay) -> Self {
        let stop = CancellationToken::new();
        let stopped = stop.clone();
        Self { stop, task: tokio::spawn(async move { relay.run(stopped).await }) }
    }

    async fn end(self) {
        self.stop.cancel();
        tokio::time::timeout(Duration::from_secs(10), self.task).await.unwrap().unwrap();
    }
}

/// Does nothing unless it was started by [`Stage::process`].
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[expect(clippy::disallowed_methods, reason = "a test's process is told its part this way")]
async fn a_process_of_its_own() {
    let Ok(role) = std::env::var(ROLE) else { return };
    let role: Value = serde_json::from_str(&role).unwrap();
    let settings = DatabaseSettings::Postgres(PostgresSettings {
        url: role["url"].as_str().unwrap().into(),
        max_connections: 8,
        min_connections: 0,
        check_before_use: false,
        recycle_after: Duration::from_mins(10),
        abandoned_after: PostgresSettings::ABANDONED_AFTER,
        schema: role["schema"].as_str().map(str::to_owned),
    });
    let database = Database::open(&settings).await.unwrap();
    let streams = match role["redis"].as_str() {
        Some(url) => Some(RedisStreams::open(url).await.unwrap()),
        None => None,
    };
    let relay = Relay::new(database, system::ambient(), ledger(true), quick());
    relay.over(streams).run(CancellationToken::new()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_lost_doubled_or_out_of_order_while_processes_are_killed_and_redis_forgets() {
    const AGGREGATES: usize = 40;
    const ROUNDS: usize = 50;
    let Some(mut stage) = Stage::new().await else { return };
    let mut processes: Vec<Killed> = (0..3).map(|_| stage.process(true)).collect();
    for round in 0..ROUNDS {
        let happened =
            (0..AGGREGATES).map(|one| stage.event(&format!("a{one}"), "thing.happened", round));
        let happened: Vec<_> = happened.collect();
        stage.record(&happened).await;
        if round % 6 == 5 {
            let place = round % processes.len();
            processes[place] = stage.process(true);
        }
        if round == 20 || round == 35 {
            stage.redis.stop();
            tokio::time::sleep(Duration::from_millis(700)).await;
            stage.redis.start_again();
        }
        tokio::time::sleep(Duration::from_millis(40)).await;
    }
    let all = i64::try_from(AGGREGATES * ROUNDS).unwrap();
    stage.until(DONE, all, Duration::from_mins(1)).await;
    assert_eq!(stage.count("ledger").await, all);
    let expected: Vec<i64> = (0..i64::try_from(ROUNDS).unwrap()).collect();
    for (aggregate, found) in stage.ledgers().await {
        assert_eq!(found, expected, "{aggregate}");
    }
    assert_eq!(stage.count(PARKED).await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_waits_for_earlier_events_goes_on_as_soon_as_these_are_done() {
    /// More than are taken in hand of one aggregate at once.
    const MANY: i64 = 350;
    let Some(stage) = Stage::new().await else { return };
    let numbers = 0..usize::try_from(MANY).unwrap();
    let events: Vec<_> = numbers.map(|n| stage.event("a", "thing.happened", n)).collect();
    stage.record(&events).await;
    let never = Duration::from_hours(1);
    let settings = RelaySettings { poll_soon: never, poll_every: never, ..quick() };
    let running = stage.relay(ledger(false), settings).await;
    stage.until(DONE, MANY, Duration::from_secs(20)).await;
    assert_eq!(stage.ledgers().await["a"], (0..MANY).collect::<Vec<_>>());
    running.end().await;
}

/// Sends events over a stream that nobody reads, and lets Redis forget it.
async fn sent_and_forgotten(stage: &mut Stage, handlers: Handlers, count: usize) {
    let numbers = 0..count;
    let events: Vec<_> =
        numbers.map(|n| stage.event(&format!("a{}", n % 3), "thing.happened", n)).collect();
    stage.record(&events).await;
    let deaf = RelaySettings { consumers: 0, lease: Duration::from_hours(1), ..quick() };
    let sender = stage.relay(handlers, deaf).await;
    let all = i64::try_from(count).unwrap();
    stage.until("outbox WHERE attempts = 1", all, Duration::from_secs(10)).await;
    sender.end().await;
    stage.redis.stop();
    stage.redis.start_again();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_redis_forgot_is_taken_in_hand_again_long_before_its_lease_ends() {
    let Some(mut stage) = Stage::new().await else { return };
    sent_and_forgotten(&mut stage, ledger(false), 30).await;
    let settings = RelaySettings { lease: Duration::from_hours(1), ..quick() };
    let running = stage.relay(ledger(false), settings).await;
    stage.until(DONE, 30, Duration::from_secs(20)).await;
    for (aggregate, found) in stage.ledgers().await {
        assert_eq!(found.len(), 10, "{aggregate}");
        assert!(found.is_sorted(), "{aggregate}: {found:?}");
    }
    assert_eq!(stage.count("outbox WHERE attempts = 1").await, 30, "none was blamed");
    running.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_acts_outside_the_database_keeps_its_lease_when_redis_forgets() {
    let Some(mut stage) = Stage::new().await else { return };
    let seen = Arc::default();
    let noting = || {
        let noting = Noting { name: "one", seen: Arc::clone(&seen) };
        Handlers::new([], [Arc::new(noting) as Arc<dyn EffectHandler>])
    };
    sent_and_forgotten(&mut stage, noting(), 6).await;
    let settings = RelaySettings { lease: Duration::from_hours(1), ..quick() };
    let running = stage.relay(noting(), settings).await;
    tokio::time::sleep(Duration::from_secs(4)).await;
    assert!(seen.lock().is_empty(), "somebody may still be at it");
    running.end().await;
}

/// Events that stand beside the deadly one.
const AMONG: usize = 30;

/// Lets processes die of an event until it is parked and everything else is done.
async fn only_the_deadly_is_parked(stage: &Stage, over_redis: bool) {
    let others = (0..AMONG).map(|n| stage.event(&format!("other{n}"), "thing.happened", 0));
    let mut events: Vec<_> = others.collect();
    events.insert(AMONG / 2, stage.event("deadly", "thing.killed", 0));
    events.push(stage.event("deadly", "thing.happened", 1));
    stage.record(&events).await;
    let mut process = stage.process(over_redis);
    let wanted = i64::try_from(AMONG + 1).unwrap();
    let begun = Instant::now();
    while stage.count(DONE).await < wanted {
        let parked = stage.count(PARKED).await;
        assert!(parked <= 1, "{parked} are parked");
        assert!(begun.elapsed() < Duration::from_secs(100), "{} done", stage.count(DONE).await);
        if process.0.try_wait().unwrap().is_some() {
            process = stage.process(over_redis);
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(stage.count(&format!("{PARKED} AND kind = 'thing.killed'")).await, 1);
    let ledgers = stage.ledgers().await;
    assert_eq!((ledgers.len(), &ledgers["deadly"]), (AMONG + 1, &vec![1]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_event_that_kills_whoever_handles_it_is_parked_and_lets_the_others_through() {
    let Some(stage) = Stage::new().await else { return };
    only_the_deadly_is_parked(&stage, true).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_redis_too_a_deadly_event_is_parked_and_lets_the_others_through() {
    let Some(stage) = Stage::new().await else { return };
    only_the_deadly_is_parked(&stage, false).await;
}

/// An effect that notes who did it.
struct Noting {
    name: &'static str,
    seen: Arc<Mutex<Vec<(&'static str, i64)>>>,
}

#[async_trait]
impl EffectHandler for Noting {
    fn name(&self) -> &'static str {
        "test.noting"
    }

    fn wants(&self, kind: &str) -> bool {
        kind == "thing.happened"
    }

    async fn perform(&self, event: &DomainEvent) -> Result<(), HandlerError> {
        tokio::time::sleep(Duration::from_millis(20)).await;
        self.seen.lock().push((self.name, event.payload["n"].as_i64().unwrap()));
        Ok(())
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn processes_share_effects_do_each_once_and_stop_with_empty_hands() {
    let Some(stage) = Stage::new().await else { return };
    let seen = Arc::default();
    let settings = RelaySettings { take: 4, ..quick() };
    let noting = |name| {
        let noting = Arc::new(Noting { name, seen: Arc::clone(&seen) }) as Arc<dyn EffectHandler>;
        stage.relay(Handlers::new([], [noting]), settings.clone())
    };
    let (one, other) = (noting("one").await, noting("other").await);
    let events: Vec<_> =
        (0..60).map(|n| stage.event(&format!("a{n}"), "thing.happened", n)).collect();
    stage.record(&events).await;
    stage.until(DONE, 60, Duration::from_secs(20)).await;
    let mut done: Vec<i64> = seen.lock().iter().map(|(_, n)| *n).collect();
    done.sort_unstable();
    assert_eq!(done, (0..60).collect::<Vec<_>>());
    for name in ["one", "other"] {
        assert!(seen.lock().iter().any(|(who, _)| *who == name), "{name} did nothing");
    }
    one.end().await;
    other.end().await;
    assert_eq!(stage.count("outbox WHERE delivered_at IS NULL").await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_redis_is_away_events_are_handled_where_they_are_found() {
    let Some(mut stage) = Stage::new().await else { return };
    let running = stage.relay(ledger(false), quick()).await;
    stage.record(&[stage.event("a", "thing.happened", 0)]).await;
    stage.until(DONE, 1, Duration::from_secs(20)).await;
    stage.redis.stop();
    stage.record(&[stage.event("a", "thing.happened", 1)]).await;
    stage.until(DONE, 2, Duration::from_secs(20)).await;
    stage.redis.start_again();
    tokio::time::sleep(Duration::from_millis(1500)).await;
    stage.record(&[stage.event("a", "thing.happened", 2)]).await;
    stage.until(DONE, 3, Duration::from_secs(20)).await;
    assert_eq!(stage.ledgers().await["a"], [0, 1, 2]);
    running.end().await;
}

/// Notes `aggregate:n` with who handled it, and takes a moment.
struct Versed {
    name: &'static str,
    seen: Arc<Mutex<Vec<(&'static str, String)>>>,
}

#[async_trait]
impl EffectHandler for Versed {
    fn name(&self) -> &'static str {
        "test.versed"
    }

    fn wants(&self, kind: &str) -> bool {
        kind == "thing.happened"
    }

    async fn perform(&self, event: &DomainEvent) -> Result<(), HandlerError> {
        tokio::time::sleep(Duration::from_millis(5)).await;
        let note = format!("{}:{}", event.aggregate_id, event.payload["n"]);
        self.seen.lock().push((self.name, note));
        Ok(())
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn events_of_a_newer_form_are_handled_by_newer_processes_in_order_and_at_once() {
    const AGGREGATES: usize = 24;
    let Some(stage) = Stage::new().await else { return };
    let seen: Arc<Mutex<Vec<_>>> = Arc::default();
    // Nothing comes back in time by the end of a lease.
    let settings = RelaySettings { lease: Duration::from_mins(2), take: 4, ..quick() };
    let versed = |name, upcasts| {
        let versed = Arc::new(Versed { name, seen: Arc::clone(&seen) }) as Arc<dyn EffectHandler>;
        stage.knowing(Handlers::new([], [versed]), settings.clone(), catalog_of(upcasts))
    };
    let old = versed("old", &[]).await;
    let newer =
        |aggregate: &str| DomainEvent { version: 2, ..stage.event(aggregate, "thing.happened", 0) };
    let older = |aggregate: &str| DomainEvent {
        payload: json!({ "count": 1, "n": 1 }),
        ..stage.event(aggregate, "thing.happened", 1)
    };
    stage.record(&[newer("first"), older("first"), stage.event("else", "thing.happened", 5)]).await;
    stage.until(DONE, 1, Duration::from_secs(20)).await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(*seen.lock(), [("old", "else:5".to_owned())]);
    let untouched = "outbox WHERE aggregate_id = 'first' AND attempts = 0 AND parked_at IS NULL";
    assert_eq!(stage.count(untouched).await, 2);

    let new = versed("new", &UPCASTS[..1]).await;
    for one in 0..AGGREGATES {
        let name = format!("a{one}");
        stage.record(&[newer(&name), older(&name)]).await;
    }
    let all = i64::try_from(3 + 2 * AGGREGATES).unwrap();
    stage.until(DONE, all, Duration::from_secs(40)).await;
    for aggregate in (0..AGGREGATES).map(|one| format!("a{one}")).chain(["first".to_owned()]) {
        let seen = seen.lock();
        let theirs = seen.iter().filter(|(_, note)| note.starts_with(&format!("{aggregate}:")));
        let notes: Vec<_> = theirs.clone().map(|(_, note)| note.clone()).collect();
        assert_eq!(notes, [format!("{aggregate}:0"), format!("{aggregate}:1")]);
        let (who, _) = theirs.clone().next().unwrap();
        assert_eq!(*who, "new", "{aggregate}");
    }
    assert_eq!(stage.count(PARKED).await, 0);
    old.end().await;
    new.end().await;
}
