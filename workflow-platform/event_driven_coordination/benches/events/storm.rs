//! The same while processes that handle events are killed and Redis is gone for a while.

use std::{
    process::{Child, Command, Stdio},
    sync::Arc,
    time::Duration,
};

use async_trait::async_trait;
use event_driven_coordination::{Handlers, Relay, RelaySettings};
use sea_orm::ConnectionTrait as _;
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use shared_kernel::{
    application::{EventHandler, HandlerError},
    domain::DomainEvent,
    infrastructure::{
        db::{Database, DatabaseSettings, PostgresSettings, UnitOfWork},
        redis_streams::RedisStreams,
        system,
    },
};
use testkit::{
    RedisServer,
    report::{Report, percentile},
};
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

use crate::place::Place;

/// Before the part of a process that handles events.
pub const PART: &str = "--handle-events";

const PROCESSES: usize = 2;
const RATE: usize = 2000;
const SECONDS: u64 = 40;
const TICK: Duration = Duration::from_millis(10);
/// One of the processes in turn, which another one follows at once.
const KILL_EVERY: u64 = 5;
/// When Redis goes, and when it is back, empty.
const REDIS_GOES: u64 = 12;
const REDIS_IS_BACK: u64 = 13;

/// Writes each event down, in the transaction of its handling.
struct WritesDown;

#[async_trait]
impl EventHandler for WritesDown {
    fn name(&self) -> &'static str {
        "bench.writes_down"
    }

    fn wants(&self, kind: &str) -> bool {
        kind == "bench.happened"
    }

    async fn handle(&self, event: &DomainEvent, work: &mut UnitOfWork) -> Result<(), HandlerError> {
        let sql = "INSERT INTO bench_ledger (aggregate, n) VALUES ($1, $2)";
        let n = event.payload["n"].as_i64().unwrap();
        let row = work.database().statement(sql, [event.aggregate_id.clone().into(), n.into()]);
        work.conn().execute_raw(row).await.map_err(HandlerError::new)?;
        Ok(())
    }
}

/// What a process that was started by [`storm`] does until it is killed.
pub async fn handle_events(part: &str) {
    let part: Value = serde_json::from_str(part).unwrap();
    let settings = DatabaseSettings::Postgres(PostgresSettings {
        url: part["url"].as_str().unwrap().into(),
        max_connections: 8,
        min_connections: 0,
        check_before_use: false,
        recycle_after: Duration::from_mins(10),
        abandoned_after: PostgresSettings::ABANDONED_AFTER,
        schema: part["schema"].as_str().map(str::to_owned),
    });
    let database = Database::open(&settings).await.unwrap();
    // It may be started while Redis is gone.
    let streams = loop {
        match RedisStreams::open(part["redis"].as_str().unwrap()).await {
            Ok(streams) => break streams,
            Err(_) => sleep(Duration::from_millis(100)).await,
        }
    };
    let handlers = Handlers::new([Arc::new(WritesDown) as Arc<dyn EventHandler>], []);
    let relay = Relay::new(database, system::ambient(), handlers, RelaySettings::default());
    relay.over(Some(streams)).run(CancellationToken::new()).await;
}

/// A process that is killed at the latest with the benchmark.
struct Process(Child);

impl Process {
    fn start(place: &Place, redis: &RedisServer) -> Self {
        let DatabaseSettings::Postgres(postgres) = place.settings() else { unreachable!() };
        let url = postgres.url.expose_secret();
        let part = json!({ "url": url, "schema": postgres.schema, "redis": redis.url() });
        let child = Command::new(std::env::current_exe().unwrap())
            .args([PART, &part.to_string()])
            .stdout(Stdio::null())
            .spawn();
        Self(child.unwrap())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts are far below what a float can hold")]
pub async fn storm(place: &Place, report: &mut Report, bare: f64) {
    place.clear().await;
    place.make_ledger().await;
    let mut redis = RedisServer::start();
    let mut processes: Vec<_> = (0..PROCESSES).map(|_| Process::start(place, &redis)).collect();
    let mut clock = tokio::time::interval(TICK);
    let (begun, mut inserted, mut kills) = (Instant::now(), 0, 0);
    for tick in 0..SECONDS * 100 {
        clock.tick().await;
        place.insert_next(&mut inserted, RATE / 100).await;
        match (tick / 100, tick % 100) {
            (REDIS_GOES, 0) => redis.stop(),
            (REDIS_IS_BACK, 0) => redis.start_again(),
            (second, 50) if second > 0 && second % KILL_EVERY == 0 => {
                let place_of = kills % PROCESSES;
                kills += 1;
                processes[place_of] = Process::start(place, &redis);
            }
            _ => {}
        }
    }
    let (elapsed, meanwhile) = (begun.elapsed().as_secs_f64(), place.done().await);
    let ended = Instant::now();
    place.delivered(inserted).await;
    let tail = ended.elapsed().as_secs_f64();
    let [written, doubled, unordered] = place.audit().await;
    let all = i64::try_from(inserted).unwrap();
    assert_eq!((written, doubled, unordered), (all, 0, 0), "written of {all}, twice, out of order");
    let mut lags = place.lags_ms().await;
    let rate = meanwhile as f64 / elapsed;
    report.line(
        &format!("{RATE} a second for {SECONDS} s, in a storm"),
        rate,
        "events/s",
        "handled while they came; goal 2,000",
    );
    report.line("  beside bare inserts", rate / bare, "ratio", "");
    report.line("  processes killed", kills as f64, "", "and Redis gone for a second");
    report.line("  lag, p50", percentile(&mut lags, 50), "ms", "");
    report.line("  lag, p99", percentile(&mut lags, 99), "ms", "");
    report.line("  lag, longest", percentile(&mut lags, 100), "ms", "a lease is a minute");
    report.line("  the last one done after the last came", tail, "s", "");
    report.line("  lost, handled twice, out of order", 0.0, "events", "checked one by one");
}
