//! Processes of a test, to be stopped and killed.

use std::{sync::Arc, time::Duration};

use tokio::{runtime::Runtime, task::JoinHandle};
use tokio_util::sync::CancellationToken;
use workflow::WorkflowModule;

/// A process of the test's own.
pub struct Here {
    pub module: Arc<WorkflowModule>,
    pub(super) stop: CancellationToken,
    pub(super) task: JoinHandle<()>,
}

impl Here {
    pub async fn stop(self) {
        self.stop.cancel();
        self.task.await.unwrap();
    }
}

/// A worker with threads and connections of its own, which can be stopped, or killed in its middle.
pub struct Process {
    pub(super) stop: CancellationToken,
    pub(super) task: JoinHandle<()>,
    pub(super) runtime: Runtime,
}

impl Process {
    /// As `kill -9`: tasks vanish where they stand, connections break.
    pub async fn kill(self) {
        let runtime = self.runtime;
        let gone = move || runtime.shutdown_timeout(Duration::from_secs(5));
        tokio::task::spawn_blocking(gone).await.unwrap();
    }

    /// As an operator stops it.
    pub async fn stop(self) {
        self.stop.cancel();
        self.task.await.unwrap();
        self.runtime.shutdown_background();
    }
}
