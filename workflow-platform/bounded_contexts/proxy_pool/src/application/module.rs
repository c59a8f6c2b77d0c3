//! The context's working parts, put together once per process.

use std::{sync::Arc, time::Duration};

use shared_kernel::{application::Entitlements, domain::Ambient};
use url::Url;

use super::{
    live::LivePools,
    ports::{AddressRules, PoolStore, ProxyProbe},
};
use crate::domain::HealthPolicy;

/// What an operator may set.
#[derive(Debug, Clone)]
pub struct ProxyPoolSettings {
    /// What proxies are tested against unless the caller names something.
    pub test_target: Option<Url>,
    pub test_timeout: Duration,
    /// Proxies tested at once.
    pub test_parallel: usize,
    pub health: HealthPolicy,
    /// A lease that was not given back no longer counts against the parallel limit after this.
    pub lease_ttl: Duration,
    /// How long a request waits for a proxy while all are busy.
    pub lease_wait: Duration,
    /// How often counts and states are written down.
    pub flush_every: Duration,
    /// How often a pool in use looks at the database for changes of other processes.
    pub refresh_every: Duration,
}

impl Default for ProxyPoolSettings {
    fn default() -> Self {
        Self {
            test_target: Url::parse("http://www.gstatic.com/generate_204").ok(),
            test_timeout: Duration::from_secs(10),
            test_parallel: 64,
            health: HealthPolicy::default(),
            lease_ttl: Duration::from_mins(2),
            lease_wait: Duration::from_secs(10),
            flush_every: Duration::from_secs(1),
            refresh_every: Duration::from_secs(10),
        }
    }
}

/// The adapters the context works with.
#[derive(Clone)]
pub struct ProxyPoolPorts {
    pub store: Arc<dyn PoolStore>,
    pub probe: Arc<dyn ProxyProbe>,
    pub rules: Arc<dyn AddressRules>,
    pub entitlements: Arc<dyn Entitlements>,
    pub ambient: Ambient,
}

/// Use cases of the context, and its side of the `ProxyPools` port.
pub struct ProxyPoolModule {
    pub(super) ports: ProxyPoolPorts,
    pub(super) settings: ProxyPoolSettings,
    pub(super) live: LivePools,
    /// Imports of one process take turns, so that the plan's limit holds.
    pub(super) imports: tokio::sync::Mutex<()>,
}

impl ProxyPoolModule {
    pub fn new(ports: ProxyPoolPorts, settings: ProxyPoolSettings) -> Self {
        let live = LivePools::new(ports.clone(), settings.clone());
        Self { ports, settings, live, imports: tokio::sync::Mutex::new(()) }
    }

    /// Writes down what was seen of the proxies since the last time.
    pub async fn flush(&self) {
        self.live.flush().await;
    }

    /// Flushes now and then, and once more when told to stop. One task per process.
    pub async fn run(self: Arc<Self>, stop: tokio_util::sync::CancellationToken) {
        loop {
            tokio::select! {
                () = stop.cancelled() => break,
                () = tokio::time::sleep(self.settings.flush_every) => self.flush().await,
            }
        }
        self.flush().await;
    }
}
