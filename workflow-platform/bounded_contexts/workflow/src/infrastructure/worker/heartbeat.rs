//! Signs of life, in a task of their own so that nothing holds them up.

use std::{sync::Arc, time::Duration};

use sea_orm::DbErr;
use shared_kernel::domain::Ambient;
use tokio::sync::Notify;
use tokio_util::{sync::CancellationToken, task::AbortOnDropHandle};
use tracing::{info, warn};

use crate::infrastructure::queue::{Beat, WorkerWatch};

/// The heart of one life of a worker.
pub(super) struct Heart {
    /// Cancelled when others declared the worker dead.
    pub lost: CancellationToken,
    /// A heart does not outlive its worker.
    task: AbortOnDropHandle<WorkerWatch>,
    stop: CancellationToken,
    ambient: Ambient,
}

impl Heart {
    /// Beats until `leave`; rings `work` when something was taken over.
    pub fn start(
        mut watch: WorkerWatch,
        ambient: Ambient,
        every: Duration,
        work: Arc<Notify>,
    ) -> Self {
        let (lost, stop) = (CancellationToken::new(), CancellationToken::new());
        let (told, stopped, clock) = (lost.clone(), stop.clone(), ambient.clone());
        let task = tokio::spawn(async move {
            loop {
                tokio::select! {
                    () = stopped.cancelled() => return watch,
                    () = tokio::time::sleep(every) => {}
                }
                match watch.beat(clock.now()).await {
                    Ok(Beat::Alive { taken_over: 0 }) => {}
                    Ok(Beat::Alive { taken_over }) => {
                        metrics::counter!("workflow_leases_expired_total").increment(taken_over);
                        info!("{taken_over} executions of a dead worker are taken over");
                        work.notify_one();
                    }
                    Ok(Beat::DeclaredDead) => {
                        warn!("this worker was declared dead, its leases are lost");
                        told.cancel();
                        return watch;
                    }
                    Err(error) => {
                        warn!(error = &error as &dyn std::error::Error, "heartbeat failed");
                    }
                }
            }
        });
        Self { lost, task: AbortOnDropHandle::new(task), stop, ambient }
    }

    /// The last sign: whoever is left need not wait for the silence.
    pub async fn leave(self) -> Result<(), DbErr> {
        self.stop.cancel();
        match self.task.await {
            Ok(watch) => watch.leave(self.ambient.now()).await,
            Err(_) => Ok(()),
        }
    }
}
