//! The context's side of the kernel's `ProxyPools` port: what the fetcher uses.

use std::pin::pin;

use async_trait::async_trait;
use shared_kernel::{
    application::{PoolRef, ProxyError, ProxyFeedback, ProxyLease, ProxyPools},
    domain::Owner,
};
use uuid::Uuid;

use super::{
    ProxyPoolModule,
    live::{LivePool, Taken},
    ports::StoreError,
};

fn unavailable(error: StoreError) -> ProxyError {
    ProxyError::Unavailable(Box::new(error))
}

#[async_trait]
impl ProxyPools for ProxyPoolModule {
    /// While every usable proxy is at its parallel limit this waits for one to come free; when
    /// none is usable at all it says so at once.
    async fn lease(
        &self,
        owner: Owner,
        pool: &PoolRef,
        host: &str,
        avoid: &[Uuid],
    ) -> Result<ProxyLease, ProxyError> {
        let live = self.live.find(owner, &pool.0).await.map_err(unavailable)?;
        let live = live.ok_or_else(|| ProxyError::UnknownPool(pool.0.clone()))?;
        let waited = tokio::time::timeout(self.settings.lease_wait, self.take(&live, host, avoid));
        let taken = match waited.await {
            Ok(taken) => taken,
            // those to be avoided are better than none
            Err(_) => match live.take(host, &[], &self.ports.ambient) {
                Taken::Lease(lease) => Some(*lease),
                Taken::Busy | Taken::None => None,
            },
        };
        taken.ok_or_else(|| ProxyError::Exhausted(pool.0.clone()))
    }

    async fn give_back(&self, lease: ProxyLease, _host: &str, feedback: ProxyFeedback) {
        if let Some(live) = self.live.known(lease.pool.into()) {
            live.give_back(&lease, &feedback, &self.ports.ambient);
        }
    }
}

impl ProxyPoolModule {
    async fn take(&self, live: &LivePool, host: &str, avoid: &[Uuid]) -> Option<ProxyLease> {
        loop {
            let mut freed = pin!(live.freed().notified());
            freed.as_mut().enable();
            match live.take(host, avoid, &self.ports.ambient) {
                Taken::Lease(lease) => return Some(*lease),
                Taken::None => return None,
                Taken::Busy => {
                    // leases also end silently, by expiry
                    let _ = tokio::time::timeout(std::time::Duration::from_secs(1), freed).await;
                }
            }
        }
    }
}
