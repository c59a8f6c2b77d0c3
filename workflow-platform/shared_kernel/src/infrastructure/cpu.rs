//! Work that keeps a core busy leaves the async threads, a bounded number at a time.

use std::{
    num::NonZeroUsize,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc,
        mpsc::{self, Receiver, Sender},
    },
    thread,
    time::Duration,
};

use parking_lot::Mutex;
use rustix::time::{ClockId, clock_gettime};
use tokio::sync::oneshot;
use tracing::warn;

use crate::application::Spent;

type Job = Box<dyn FnOnce() + Send>;

/// At most as many jobs at once as there are cores; further ones wait.
///
/// The threads are its own: those of the runtime take turns and come and go, and the allocator
/// keeps for each what its largest jobs needed. They end with the last copy of the pool. They take
/// jobs from one queue themselves, so that none waits for the runtime to hand it the next.
#[derive(Debug, Clone)]
pub struct CpuPool {
    jobs: Sender<Job>,
}

/// The job panicked or the process is stopping.
#[derive(Debug, thiserror::Error)]
#[error("calculation did not finish")]
pub struct CpuError;

impl CpuPool {
    pub fn new(parallel: usize) -> Self {
        let (jobs, queue) = mpsc::channel();
        let queue = Arc::new(Mutex::new(queue));
        for _ in 0..parallel.max(1) {
            begin(&queue);
        }
        Self { jobs }
    }

    /// As many as the machine has cores.
    pub fn per_core() -> Self {
        Self::new(thread::available_parallelism().map_or(2, NonZeroUsize::get))
    }

    /// Runs the job on a thread of the pool once one is free, unless nobody waits for it any more
    /// by then. The time goes to the step for which it runs.
    pub async fn run<T: Send + 'static>(
        &self,
        job: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, CpuError> {
        let spent = Spent::current();
        let (tell, told) = oneshot::channel();
        let job = Box::new(move || {
            if tell.is_closed() {
                return;
            }
            let began = thread_time();
            let done = job();
            if let Some(spent) = spent {
                spent.calculated(thread_time().saturating_sub(began));
            }
            let _ = tell.send(done);
        });
        self.jobs.send(job).map_err(|_| CpuError)?;
        told.await.map_err(|_| CpuError)
    }
}

/// One thread more. When there is to be none, its copy of the queue goes, and with the last copy
/// whoever has a job is told.
fn begin(queue: &Arc<Mutex<Receiver<Job>>>) {
    let queue = Arc::clone(queue);
    let work = move || {
        loop {
            let next = queue.lock().recv();
            let Ok(job) = next else { return };
            // The panic was told by its hook; whoever waits sees that nothing came.
            let _ = catch_unwind(AssertUnwindSafe(job));
        }
    };
    if let Err(error) = thread::Builder::new().name("cpu".to_owned()).spawn(work) {
        warn!(%error, "no thread for calculations");
    }
}

/// What this thread has had of a processor.
fn thread_time() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    let (seconds, nanos) = (u64::try_from(time.tv_sec), u32::try_from(time.tv_nsec));
    Duration::new(seconds.unwrap_or(0), nanos.unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use std::{
        cell::RefCell,
        collections::HashSet,
        sync::mpsc::{RecvTimeoutError, TryRecvError},
    };

    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn a_job_that_panics_takes_no_thread_along() {
        let pool = CpuPool::new(2);
        for _ in 0..4 {
            assert!(pool.run(|| u8::try_from(256_u16).unwrap()).await.is_err());
        }
        assert_eq!(pool.run(|| 7).await.unwrap(), 7);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_job_that_nobody_waits_for_any_more_is_not_done() {
        let pool = CpuPool::new(1);
        let (go, wait) = mpsc::channel::<()>();
        let (tell, begun) = oneshot::channel();
        let other = pool.clone();
        let busy = move || {
            tell.send(()).unwrap();
            wait.recv()
        };
        let first = tokio::spawn(async move { other.run(busy).await });
        begun.await.unwrap();
        let (done, looked) = mpsc::channel();
        let mut second = Box::pin(pool.run(move || done.send(())));
        assert!(futures::poll!(&mut second).is_pending(), "the only thread is busy");
        drop(second);
        go.send(()).unwrap();
        assert!(first.await.unwrap().unwrap().is_ok());
        assert_eq!(pool.run(|| 7).await.unwrap(), 7, "the thread went on");
        assert_eq!(looked.try_recv(), Err(TryRecvError::Disconnected));
    }

    thread_local! {
        /// Gone with its thread.
        static HERE: RefCell<Option<Sender<()>>> = const { RefCell::new(None) };
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn no_more_threads_work_than_said_and_they_end_with_the_pool() {
        let pool = CpuPool::new(2);
        let (alive, ended) = mpsc::channel();
        let jobs = (0..64).map(|_| {
            let alive = alive.clone();
            pool.run(move || {
                HERE.set(Some(alive));
                thread::sleep(Duration::from_millis(1));
                thread::current().id()
            })
        });
        let threads: HashSet<_> =
            futures::future::join_all(jobs).await.into_iter().map(Result::unwrap).collect();
        assert!(threads.len() <= 2, "{threads:?}");
        drop(alive);
        assert_eq!(ended.try_recv(), Err(TryRecvError::Empty), "they wait for more");
        drop(pool);
        let none = ended.recv_timeout(Duration::from_secs(10));
        assert_eq!(none, Err(RecvTimeoutError::Disconnected));
    }
}
