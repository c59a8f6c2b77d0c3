//! The context's working parts, put together once per process.

use std::{net::IpAddr, sync::Arc, time::Duration};

use futures::StreamExt as _;
use moka::future::Cache;
use shared_kernel::{
    application::{Bus, BusMessage, Entitlements, Subscription},
    domain::Ambient,
};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tracing::warn;
use url::Url;
use uuid::Uuid;

use super::{
    live::LivePools,
    ports::{
        AddressRules, CheckStore, HostStore, ListFetcher, PoolStore, ProxyProbe, SharedLeases,
        SourceStore, TestStore,
    },
};
use crate::domain::{HealthPolicy, HostPolicy, PoolId};

/// What an operator may set.
#[derive(Debug, Clone)]
pub struct ProxyPoolSettings {
    /// What proxies are tested against unless the caller names something.
    pub test_target: Option<Url>,
    pub test_timeout: Duration,
    /// Proxies tested at once.
    pub test_parallel: usize,
    pub health: HealthPolicy,
    pub hosts: HostPolicy,
    /// A lease that was not given back no longer counts against the parallel limit after this.
    pub lease_ttl: Duration,
    /// How long a request waits for a proxy while all are busy.
    pub lease_wait: Duration,
    /// How often counts and states are written down.
    pub flush_every: Duration,
    /// How often a pool in use looks at the database for changes of other processes, told or not.
    pub refresh_every: Duration,
    /// What is known of a host goes when it was not asked for so long.
    pub hosts_kept: Duration,
}

impl Default for ProxyPoolSettings {
    fn default() -> Self {
        Self {
            test_target: Url::parse("http://www.gstatic.com/generate_204").ok(),
            test_timeout: Duration::from_secs(10),
            test_parallel: 400,
            health: HealthPolicy::default(),
            hosts: HostPolicy::default(),
            lease_ttl: Duration::from_mins(2),
            lease_wait: Duration::from_secs(10),
            flush_every: Duration::from_secs(1),
            refresh_every: Duration::from_secs(10),
            hosts_kept: Duration::from_hours(24 * 14),
        }
    }
}

/// The adapters the context works with.
#[derive(Clone)]
pub struct ProxyPoolPorts {
    pub store: Arc<dyn PoolStore>,
    pub hosts: Arc<dyn HostStore>,
    pub tests: Arc<dyn TestStore>,
    pub checks: Arc<dyn CheckStore>,
    pub sources: Arc<dyn SourceStore>,
    pub lists: Arc<dyn ListFetcher>,
    /// None where a process is on its own.
    pub leases: Option<Arc<dyn SharedLeases>>,
    pub bus: Arc<dyn Bus>,
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
    /// Places for tests and checks, over all pools.
    pub(super) probing: Semaphore,
    /// Addresses of this machine, by the judge that saw them.
    pub(super) own_addresses: Cache<String, Option<IpAddr>>,
    /// Tells what this process publishes from what others do.
    name: Uuid,
}

/// On this topic a process tells which pools it wrote: its name, a blank, the pool's id.
const TOPIC: &str = "proxy.pools";

impl ProxyPoolModule {
    pub fn new(ports: ProxyPoolPorts, settings: ProxyPoolSettings) -> Self {
        let live = LivePools::new(ports.clone(), settings.clone());
        let name = ports.ambient.uuid();
        let probing = Semaphore::new(settings.test_parallel.max(1));
        let own_addresses =
            Cache::builder().max_capacity(1000).time_to_live(Duration::from_mins(10)).build();
        let imports = tokio::sync::Mutex::new(());
        Self { ports, settings, live, imports, probing, own_addresses, name }
    }

    /// Writes down what was seen of the proxies since the last time, and tells other processes.
    pub async fn flush(&self) {
        for pool in self.live.flush().await {
            self.tell(pool).await;
        }
    }

    /// Other processes look at the pool soon. Those that do not hear it look a little later.
    pub(super) async fn tell(&self, pool: PoolId) {
        let news = format!("{} {pool}", self.name);
        if let Err(error) = self.ports.bus.publish(TOPIC, &news).await {
            warn!(error = &error as &dyn std::error::Error, "news of a proxy pool were not told");
        }
    }

    fn hear(&self, message: &BusMessage) {
        let Some((from, pool)) = message.payload.split_once(' ') else { return };
        if from == self.name.to_string() {
            return;
        }
        if let Ok(pool) = pool.parse() {
            self.live.heard_of(pool);
        }
    }

    /// Flushes now and then, listens to other processes, checks proxies, follows lists, goes on
    /// with tests, and flushes once more when told to stop. One task per process.
    pub async fn run(self: Arc<Self>, stop: CancellationToken) {
        let (listener, heard) = (Arc::clone(&self), stop.clone());
        let beside = [
            tokio::spawn(async move {
                heard.run_until_cancelled(listener.listen()).await;
            }),
            tokio::spawn(Arc::clone(&self).check(stop.clone())),
            tokio::spawn(Arc::clone(&self).follow_sources(stop.clone())),
            tokio::spawn(Arc::clone(&self).take_over_tests(stop.clone())),
        ];
        let mut turns: u64 = 0;
        while stop
            .run_until_cancelled(tokio::time::sleep(self.settings.flush_every))
            .await
            .is_some()
        {
            self.flush().await;
            if turns.is_multiple_of(600) {
                self.forget_hosts().await;
            }
            turns = turns.wrapping_add(1);
        }
        for task in beside {
            let _ = task.await;
        }
        self.flush().await;
    }

    async fn listen(&self) {
        let again = Duration::from_secs(5);
        loop {
            match self.ports.bus.subscribe(Subscription::Topic(TOPIC.to_owned())).await {
                Ok(mut news) => {
                    while let Some(message) = news.next().await {
                        self.hear(&message);
                    }
                }
                Err(error) => warn!(
                    error = &error as &dyn std::error::Error,
                    "proxy pools cannot hear other processes for now"
                ),
            }
            tokio::time::sleep(again).await;
        }
    }

    async fn forget_hosts(&self) {
        let before = self.ports.ambient.now().minus(self.settings.hosts_kept);
        if let Err(error) = self.ports.hosts.forget_hosts(before).await {
            warn!(error = &error as &dyn std::error::Error, "old hosts could not be forgotten");
        }
    }
}
