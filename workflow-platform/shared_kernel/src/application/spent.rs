//! Counts what a running step uses. Whoever fetches or calculates for it adds to the count of the
//! task it runs in.

use std::{
    future::Future,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::Duration,
};

use crate::domain::Cost;

tokio::task_local! {
    static CURRENT: Arc<Spent>;
}

/// A count that goes on while the step runs.
#[derive(Debug, Default)]
pub struct Spent {
    pages: AtomicU64,
    bytes: AtomicU64,
    proxy_bytes: AtomicU64,
    cpu_micros: AtomicU64,
}

impl Spent {
    /// That of the step that runs in this task; `None` where no step runs.
    pub fn current() -> Option<Arc<Self>> {
        CURRENT.try_with(Arc::clone).ok()
    }

    /// Whatever `work` uses is counted here.
    pub fn scope<F: Future>(self: &Arc<Self>, work: F) -> impl Future<Output = F::Output> + use<F> {
        CURRENT.scope(Arc::clone(self), work)
    }

    /// For a task of its own: what it uses is counted where it was made.
    pub async fn inherited<F: Future>(spent: Option<Arc<Self>>, work: F) -> F::Output {
        match spent {
            Some(spent) => spent.scope(work).await,
            None => work.await,
        }
    }

    /// An answer that a site gave.
    pub fn answer(&self, is_page: bool, bytes: u64, through_proxy: bool) {
        self.pages.fetch_add(u64::from(is_page), Relaxed);
        self.bytes.fetch_add(bytes, Relaxed);
        if through_proxy {
            self.proxy_bytes.fetch_add(bytes, Relaxed);
        }
    }

    pub fn calculated(&self, time: Duration) {
        let micros = u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
        self.cpu_micros.fetch_add(micros, Relaxed);
    }

    pub fn total(&self) -> Cost {
        Cost {
            pages: self.pages.load(Relaxed),
            bytes: self.bytes.load(Relaxed),
            proxy_bytes: self.proxy_bytes.load(Relaxed),
            cpu_ms: self.cpu_micros.load(Relaxed) / 1000,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn tasks_count_where_they_were_made() {
        assert!(Spent::current().is_none());
        let spent = Arc::new(Spent::default());
        let work = async {
            let task = tokio::spawn(Spent::inherited(Spent::current(), async {
                Spent::current().unwrap().answer(true, 10, true);
            }));
            task.await.unwrap();
            Spent::current().unwrap().answer(false, 5, false);
            Spent::current().unwrap().calculated(Duration::from_micros(2500));
        };
        spent.scope(work).await;
        assert!(Spent::current().is_none());
        assert_eq!(spent.total(), Cost { pages: 1, bytes: 15, proxy_bytes: 10, cpu_ms: 2 });
    }
}
