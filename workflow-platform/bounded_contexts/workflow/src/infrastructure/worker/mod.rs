//! The worker: leases executions and drives them.
//!
//! * [`Worker::run`] claims from the queue, fires timers, passes on wishes to cancel, and lets one
//!   task per execution drive it.
//! * `heartbeat` shows others that the worker lives, and takes over from those that do not.
//! * `driver` is the shell around the pure machine of `domain/execution`: it journals what
//!   `decide` records, **then** runs what `decide` wants run, and feeds results back.
//! * `run_step` runs one attempt of one action: panics, time-outs and cancelling end there.
//!
//! Whatever cannot go on (a lost lease, a database that is away) drops the execution without
//! writing; the next claim folds the journal and goes on from there.

mod bench;
mod cached;
mod channel;
mod claims;
mod driver;
mod heartbeat;
mod hidden;
mod load;
mod logs;
mod meters;
mod outcome;
mod run_step;
mod snapshots;
mod spans;
mod standby;

use std::{sync::Arc, time::Duration};

use shared_kernel::{
    application::{ActionRegistry, BlobStore, Bus},
    domain::Ambient,
    infrastructure::db::Database,
};
use tokio_util::sync::CancellationToken;
use tracing::{error, info};

pub use self::bench::WorkerBench;
use super::{announce::Announcer, openings::Openings};
use crate::application::{
    executions::{DefinitionSource, ExecutionService, StepCache, UserDirectory},
    vault::VaultService,
};

/// What an operator may set.
#[derive(Debug, Clone)]
pub struct WorkerSettings {
    /// Shown to people beside the worker's id.
    pub name: String,
    /// This process is the only one on its database (the embedded mode): whoever else is
    /// registered is a former self, and what it left goes on at once.
    pub sole: bool,
    /// Executions driven at once.
    pub parallel: usize,
    /// How often the queue, timers and wishes to cancel are looked at without being told.
    pub poll_every: Duration,
    /// Time between two signs of life. Four of them missed, and others take over.
    pub heartbeat_every: Duration,
    /// An execution that only waits gives its lease up when the wait is at least this long.
    pub park_from: Duration,
    /// Events after which the next snapshot of an execution is due.
    pub snapshot_every: i64,
    /// An attempt that runs for so long is announced in the journal.
    pub announce_after: Duration,
    /// How long a step that was told to stop may take before it is cut off.
    pub cancel_grace: Duration,
    /// How long running steps have when the process stops.
    pub stop_grace: Duration,
    /// Pause before an execution that could not be read is tried again.
    pub load_again_after: Duration,
}

impl Default for WorkerSettings {
    fn default() -> Self {
        Self {
            name: "worker".to_owned(),
            sole: false,
            parallel: 256,
            poll_every: Duration::from_millis(500),
            heartbeat_every: Duration::from_millis(2500),
            park_from: Duration::from_secs(1),
            snapshot_every: 500,
            announce_after: Duration::from_millis(250),
            cancel_grace: Duration::from_millis(700),
            stop_grace: Duration::from_secs(2),
            load_again_after: Duration::from_secs(5),
        }
    }
}

/// What a worker works with.
#[derive(Clone)]
pub struct WorkerParts {
    pub database: Database,
    pub bus: Arc<dyn Bus>,
    pub blobs: Arc<dyn BlobStore>,
    pub ambient: Ambient,
    pub actions: ActionRegistry,
    pub definitions: Arc<dyn DefinitionSource>,
    pub users: Arc<dyn UserDirectory>,
    pub cache: Arc<dyn StepCache>,
    pub vault: VaultService,
    /// Ends what steps started.
    pub executions: ExecutionService,
    pub announcer: Announcer,
    /// Where starts of this process find room.
    pub openings: Openings,
}

/// Drives executions of this process.
#[derive(Clone)]
pub struct Worker {
    parts: WorkerParts,
    settings: WorkerSettings,
}

/// How one life of the worker ended.
enum End {
    Stopped,
    /// Others took it for dead; it starts again under a new id.
    DeclaredDead,
}

impl Worker {
    pub fn new(parts: WorkerParts, settings: WorkerSettings) -> Self {
        Self { parts, settings }
    }

    /// Works until told to stop, then hands its leases back.
    pub async fn run(self, stop: CancellationToken) {
        while !stop.is_cancelled() {
            match claims::live(&self.parts, &self.settings, &stop).await {
                Ok(End::Stopped) => {}
                Ok(End::DeclaredDead) => info!("worker starts again under a new id"),
                Err(fault) => {
                    error!(error = &fault as &dyn std::error::Error, "worker failed, trying again");
                    tokio::select! {
                        () = stop.cancelled() => {}
                        () = tokio::time::sleep(self.settings.poll_every) => {}
                    }
                }
            }
        }
    }
}
