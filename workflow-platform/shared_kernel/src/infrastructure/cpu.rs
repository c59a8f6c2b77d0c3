//! Work that keeps a core busy leaves the async threads, a bounded number at a time.

use std::{num::NonZeroUsize, sync::Arc, thread, time::Duration};

use rustix::time::{ClockId, clock_gettime};
use tokio::{sync::Semaphore, task};

use crate::application::Spent;

/// At most as many jobs at once as there are cores; further ones wait.
#[derive(Debug, Clone)]
pub struct CpuPool {
    permits: Arc<Semaphore>,
}

/// The job panicked or the process is stopping.
#[derive(Debug, thiserror::Error)]
#[error("calculation did not finish")]
pub struct CpuError;

impl CpuPool {
    pub fn new(parallel: usize) -> Self {
        Self { permits: Arc::new(Semaphore::new(parallel.max(1))) }
    }

    /// As many as the machine has cores.
    pub fn per_core() -> Self {
        Self::new(thread::available_parallelism().map_or(2, NonZeroUsize::get))
    }

    /// Runs the job on a blocking thread once a place is free. The time goes to the step for which
    /// it runs.
    pub async fn run<T: Send + 'static>(
        &self,
        job: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, CpuError> {
        let permit = Arc::clone(&self.permits).acquire_owned().await.map_err(|_| CpuError)?;
        let spent = Spent::current();
        task::spawn_blocking(move || {
            let _permit = permit;
            let began = thread_time();
            let done = job();
            if let Some(spent) = spent {
                spent.calculated(thread_time().saturating_sub(began));
            }
            done
        })
        .await
        .map_err(|_| CpuError)
    }
}

/// What this thread has had of a processor.
fn thread_time() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    let (seconds, nanos) = (u64::try_from(time.tv_sec), u32::try_from(time.tv_nsec));
    Duration::new(seconds.unwrap_or(0), nanos.unwrap_or(0))
}
