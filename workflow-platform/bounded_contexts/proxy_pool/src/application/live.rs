//! Pools in use, in memory: who is leased, how each proxy fares since it was last written down.
//!
//! The database has the truth at rest; this is one process's view of it, loaded when a pool is
//! first used, refreshed now and then, written back in batches. Leases end by themselves, so a
//! holder that dies leaks none; with `SharedLeases` they count over all processes.

mod explain;
mod member;
mod pool;
mod take;

use std::{collections::HashMap, sync::Arc, time::Duration};

use parking_lot::Mutex;
use shared_kernel::domain::{DomainEvent, Owner, Timestamp};
use tracing::warn;

pub use explain::{Explanation, RecentChoice, Verdict};
pub use pool::{LivePool, News};
pub use take::{Setback, Taken};

use super::{ProxyPoolPorts, ProxyPoolSettings, ports::StoreError};
use crate::domain::{Pool, PoolId, host_id};

/// What another process wrote may have been on its way for so long.
const OVERLAP: Duration = Duration::from_secs(5);
/// A pool that nobody used for so long is dropped from memory.
const IDLE: Duration = Duration::from_hours(1);
/// Told that others changed something, a process looks after this: many changes, one look.
const LOOK_AFTER: Duration = Duration::from_millis(500);

/// All pools this process uses.
pub struct LivePools {
    ports: ProxyPoolPorts,
    settings: ProxyPoolSettings,
    pools: Mutex<HashMap<PoolId, Arc<LivePool>>>,
    references: Mutex<HashMap<(Owner, String), (PoolId, Timestamp)>>,
    loading: tokio::sync::Mutex<()>,
    flushing: tokio::sync::Mutex<()>,
}

impl LivePools {
    pub fn new(ports: ProxyPoolPorts, settings: ProxyPoolSettings) -> Self {
        Self {
            ports,
            settings,
            pools: Mutex::default(),
            references: Mutex::default(),
            loading: tokio::sync::Mutex::default(),
            flushing: tokio::sync::Mutex::default(),
        }
    }

    /// The pool, if it is in use already.
    pub fn known(&self, id: PoolId) -> Option<Arc<LivePool>> {
        self.pools.lock().get(&id).cloned()
    }

    /// The owner's pool of that id or name; what is known stays good for one refresh interval.
    pub async fn find(
        &self,
        owner: Owner,
        reference: &str,
    ) -> Result<Option<Arc<LivePool>>, StoreError> {
        let key = (owner, reference.to_owned());
        let remembered = self.references.lock().get(&key).copied();
        let now = self.ports.ambient.now();
        if let Some((id, until)) = remembered
            && until > now
            && let Some(live) = self.known(id)
            && !live.is_stale(now)
        {
            return Ok(Some(live));
        }
        let Some(pool) = self.ports.store.find_pool(owner, reference).await? else {
            self.references.lock().remove(&key);
            if let Some((id, _)) = remembered {
                self.forget(id);
            }
            return Ok(None);
        };
        let until = now.plus(self.settings.refresh_every);
        self.references.lock().insert(key, (pool.id, until));
        self.get(&pool).await.map(Some)
    }

    /// The pool, loaded or refreshed as needed.
    pub async fn get(&self, pool: &Pool) -> Result<Arc<LivePool>, StoreError> {
        let fresh = |live: &Arc<LivePool>| !live.is_stale(self.ports.ambient.now());
        if let Some(live) = self.known(pool.id).filter(fresh) {
            return Ok(live);
        }
        let _one_at_a_time = self.loading.lock().await;
        if let Some(live) = self.known(pool.id).filter(fresh) {
            return Ok(live);
        }
        // what is just being written must not be read in its old state
        let _no_writing = self.flushing.lock().await;
        let known = self.known(pool.id);
        let loaded = known.as_ref().map(|live| live.loaded());
        match (known, loaded) {
            (Some(live), Some((version, since))) if version == pool.list_version => {
                self.catch_up(&live, pool, since).await?;
                Ok(live)
            }
            (known, _) => self.load(known, pool).await,
        }
    }

    async fn load(
        &self,
        known: Option<Arc<LivePool>>,
        pool: &Pool,
    ) -> Result<Arc<LivePool>, StoreError> {
        let now = self.ports.ambient.now();
        let proxies = self.ports.store.load(pool.owner, pool.id).await?;
        let live = known.unwrap_or_else(|| {
            let fresh = LivePool::new(pool.clone(), &self.settings, &self.ports.ambient);
            Arc::clone(self.pools.lock().entry(pool.id).or_insert_with(|| Arc::new(fresh)))
        });
        live.reload(pool.clone(), proxies, now, now.plus(self.settings.refresh_every));
        Ok(live)
    }

    /// Reads what others wrote since the last time.
    async fn catch_up(
        &self,
        live: &LivePool,
        pool: &Pool,
        since: Timestamp,
    ) -> Result<(), StoreError> {
        let now = self.ports.ambient.now();
        let since = since.minus(OVERLAP);
        let found = self.ports.store.load_changed(pool.id, since).await?;
        if live.knows_any_host() {
            live.refresh_hosts(self.ports.hosts.changed_hosts(pool.id, since).await?);
        }
        live.refresh(pool.clone(), &found, now, now.plus(self.settings.refresh_every));
        Ok(())
    }

    /// What stands written down of a host that this process meets for the first time.
    pub async fn meet(&self, live: &LivePool, host: &str) -> Result<(), StoreError> {
        if live.knows_host(host) {
            return Ok(());
        }
        let found = self.ports.hosts.load_host(host_id(live.pool().id, host)).await?;
        if !live.knows_host(host) {
            live.learn_host(host, found, self.ports.ambient.now());
        }
        Ok(())
    }

    pub fn forget(&self, id: PoolId) {
        self.pools.lock().remove(&id);
        self.references.lock().retain(|_, (pool, _)| *pool != id);
    }

    /// The pool's list changed: read it again before the next use.
    pub fn reload_soon(&self, id: PoolId) {
        if let Some(live) = self.known(id) {
            live.expire_at(Timestamp::default());
        }
    }

    /// Another process changed something of the pool.
    pub fn heard_of(&self, id: PoolId) {
        if let Some(live) = self.known(id) {
            live.expire_at(self.ports.ambient.now().plus(LOOK_AFTER));
        }
    }

    /// Writes down what is new of all pools; tells of which something was.
    pub async fn flush(&self) -> Vec<PoolId> {
        let pools: Vec<_> = self.pools.lock().values().cloned().collect();
        let written = self.write(&pools).await;
        let then = self.ports.ambient.now().minus(IDLE);
        self.pools.lock().retain(|_, live| !live.is_idle_since(then));
        written
    }

    pub async fn flush_pool(&self, id: PoolId) {
        if let Some(live) = self.known(id) {
            self.write(&[live]).await;
        }
    }

    /// What cannot be written is kept for the next time.
    async fn write(&self, pools: &[Arc<LivePool>]) -> Vec<PoolId> {
        let _one_at_a_time = self.flushing.lock().await;
        let mut written = Vec::new();
        for live in pools {
            let pool = live.pool();
            let mut news = live.collect();
            if news.proxies.is_empty() && news.hosts.is_empty() {
                continue;
            }
            match self.save(&pool, &mut news).await {
                Ok(()) => written.push(pool.id),
                Err(error) => {
                    warn!(
                        pool.id = %pool.id,
                        error = &error as &dyn std::error::Error,
                        "state of proxies could not be saved, trying again"
                    );
                    live.put_back(news);
                }
            }
        }
        written
    }

    /// Leaves in the news what was not written.
    async fn save(&self, pool: &Pool, news: &mut News) -> Result<(), StoreError> {
        let now = self.ports.ambient.now();
        if !news.proxies.is_empty() {
            let (changes, quarantines): (Vec<_>, Vec<_>) = news.proxies.iter().cloned().unzip();
            let events: Vec<DomainEvent> = quarantines
                .iter()
                .flatten()
                .map(|quarantine| quarantine.event(pool, &self.ports.ambient))
                .collect();
            self.ports.store.save(&changes, &events, now).await?;
            news.proxies.clear();
        }
        if !news.hosts.is_empty() {
            self.ports.hosts.save_hosts(pool.id, &news.hosts, now).await?;
            news.hosts.clear();
        }
        Ok(())
    }
}
