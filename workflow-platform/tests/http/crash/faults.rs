//! What goes wrong, about every second.

use std::{fmt, time::Duration};

use rand::{RngExt as _, SeedableRng as _, rngs::StdRng};
use tokio::time::{Instant, sleep, sleep_until};

use super::{
    Scale,
    platform::{Platform, signal},
};

/// Longer than the four beats of 2.5 s after which others take over.
const FROZEN: Duration = Duration::from_secs(16);
/// How long the database is away.
const AWAY: Duration = Duration::from_secs(3);

/// What was done.
#[derive(Debug, Default)]
pub struct Faults {
    workers_killed: u32,
    front_killed: u32,
    database_stopped: u32,
    workers_frozen: u32,
}

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { workers_killed, front_killed, database_stopped, workers_frozen } = self;
        write!(
            f,
            "{workers_killed} workers and {front_killed} times the front process killed, database \
             stopped {database_stopped} times, {workers_frozen} workers frozen"
        )
    }
}

/// Breaks things until the time is up, and leaves everything running.
pub async fn trouble(platform: &mut Platform, scale: Scale) -> Faults {
    let mut faults = Faults::default();
    let mut random = StdRng::seed_from_u64(20_261_123);
    let begun = Instant::now();
    let mut round = 0_u32;
    while begun.elapsed() < scale.trouble {
        sleep(Duration::from_millis(random.random_range(500..1500))).await;
        round += 1;
        if platform.postgres.is_none() {
            kill_front(platform, &mut faults).await;
        } else if round % 8 == 5 {
            stop_database(platform, &mut faults).await;
        } else if round % 8 == 7 {
            kill_front(platform, &mut faults).await;
        } else {
            let worker = random.random_range(0..platform.workers.len());
            kill_worker(platform, worker, &mut faults).await;
        }
        if scale.freezes && platform.postgres.is_some() && round % 24 == 9 {
            freeze(platform, &mut faults).await;
        }
    }
    faults
}

async fn kill_front(platform: &mut Platform, faults: &mut Faults) {
    platform.front.kill().await;
    platform.front.start_again().await;
    faults.front_killed += 1;
}

async fn kill_worker(platform: &mut Platform, worker: usize, faults: &mut Faults) {
    platform.workers[worker].kill().await.unwrap();
    platform.workers[worker] = platform.new_worker();
    faults.workers_killed += 1;
}

async fn stop_database(platform: &mut Platform, faults: &mut Faults) {
    let Some(mut postgres) = platform.postgres.take() else { return };
    let back = tokio::task::spawn_blocking(move || {
        postgres.stop();
        std::thread::sleep(AWAY);
        postgres.start_again();
        postgres
    });
    platform.postgres = Some(back.await.unwrap());
    faults.database_stopped += 1;
}

/// Freezes a worker until others have taken over what it held, and wakes it again. Meanwhile
/// others are killed.
async fn freeze(platform: &mut Platform, faults: &mut Faults) {
    let thaw = Instant::now() + FROZEN;
    signal(&platform.workers[0], "-STOP").await;
    for worker in 1..platform.workers.len() {
        sleep(Duration::from_secs(2)).await;
        kill_worker(platform, worker, faults).await;
    }
    sleep_until(thaw).await;
    signal(&platform.workers[0], "-CONT").await;
    faults.workers_frozen += 1;
}
