//! Processes are killed, frozen and cut off from their database while executions run. Afterwards
//! every execution has ended as it should, no recorded success was done again, and the ledger of
//! the schedule has each tick once.
//!
//! `make test-crash` runs the long form; a short one is among the tests.

mod effects;
mod faults;
mod load;
mod platform;
mod verdict;

use std::time::{Duration, Instant};

use effects::Effects;
use load::Load;
use platform::Platform;

/// How much and for how long.
#[derive(Debug, Clone, Copy)]
struct Scale {
    executions: usize,
    /// Starts are spread over this time, and something breaks all the while.
    trouble: Duration,
    /// A worker is frozen for longer than its lease lasts.
    freezes: bool,
}

const SHORT: Scale = Scale { executions: 70, trouble: Duration::from_secs(12), freezes: false };
const LONG: Scale = Scale { executions: 500, trouble: Duration::from_mins(2), freezes: true };

/// All that runs has to have ended this long after the last fault.
const PATIENCE: Duration = Duration::from_mins(3);

async fn survives(mut platform: Platform, scale: Scale) {
    let effects = Effects::start().await;
    platform.lift_limits().await;
    let load = Load::prepare(&platform, &effects).await;
    let begun = Instant::now();
    let starting = load.start_all(scale);
    let breaking = faults::trouble(&mut platform, scale);
    let (started, faults) = tokio::join!(starting, breaking);
    let ended = load.wait_for_ends(&started, PATIENCE).await;
    load.stop_schedule(PATIENCE).await;
    let database = platform.database().await;
    let verdict = verdict::reach(&database, &effects, &ended).await;
    platform.examine().await;
    let took = begun.elapsed().as_secs();
    println!("{}: {} executions in {took} s; {faults}; {verdict}", platform.name(), ended.len());
    verdict.check();
}

#[tokio::test]
async fn executions_survive_kills_on_sqlite() {
    survives(Platform::on_sqlite().await, SHORT).await;
}

#[tokio::test]
async fn executions_survive_kills_and_a_database_that_goes_away_on_postgres() {
    if let Some(platform) = Platform::on_postgres().await {
        survives(platform, SHORT).await;
    }
}

#[tokio::test]
#[ignore = "takes minutes: make test-crash"]
async fn five_hundred_executions_survive_on_sqlite() {
    survives(Platform::on_sqlite().await, LONG).await;
}

#[tokio::test]
#[ignore = "takes minutes: make test-crash"]
async fn five_hundred_executions_survive_on_postgres() {
    if let Some(platform) = Platform::on_postgres().await {
        survives(platform, LONG).await;
    }
}
