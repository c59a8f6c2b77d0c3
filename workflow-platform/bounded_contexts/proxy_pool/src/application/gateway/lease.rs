//! A lease that finds its way back.

use std::{sync::Arc, time::Duration};

use shared_kernel::application::{
    FetchOutcome, ProxyAddress, ProxyFeedback, ProxyLease, ProxyPools,
};
use uuid::Uuid;

/// A lease in use. Dropped without a word, as when its connection is cut off, it goes back as if
/// nothing had been sent.
pub struct Held {
    pools: Arc<dyn ProxyPools>,
    lease: Option<ProxyLease>,
    pub address: ProxyAddress,
    pub proxy: Uuid,
    host: String,
}

impl Held {
    pub(super) fn new(pools: Arc<dyn ProxyPools>, lease: ProxyLease, host: &str) -> Self {
        let (address, proxy) = (lease.address.clone(), lease.proxy);
        Self { pools, lease: Some(lease), address, proxy, host: host.to_owned() }
    }

    pub async fn give_back(mut self, outcome: FetchOutcome, elapsed: Duration, bytes: u64) {
        if let Some(lease) = self.lease.take() {
            let feedback = ProxyFeedback { outcome, elapsed, bytes };
            self.pools.give_back(lease, &self.host, feedback).await;
        }
    }

    /// The proxy is at fault.
    pub async fn failed(self) {
        self.give_back(FetchOutcome::Transport, Duration::ZERO, 0).await;
    }

    /// Nothing can be said of the proxy.
    pub async fn unused(self) {
        self.give_back(FetchOutcome::RobotsDenied, Duration::ZERO, 0).await;
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let (Some(lease), Ok(runtime)) = (self.lease.take(), tokio::runtime::Handle::try_current())
        else {
            return;
        };
        let (pools, host) = (Arc::clone(&self.pools), std::mem::take(&mut self.host));
        let outcome = FetchOutcome::RobotsDenied;
        let feedback = ProxyFeedback { outcome, elapsed: Duration::ZERO, bytes: 0 };
        runtime.spawn(async move { pools.give_back(lease, &host, feedback).await });
    }
}
