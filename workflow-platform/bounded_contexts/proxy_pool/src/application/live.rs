//! Pools in use, in memory: who is leased, how each proxy fares since it was last written down.
//!
//! The database has the truth at rest; this is one process's view of it, loaded when a pool is
//! first used, refreshed now and then, written back in batches. Leases live only here and end by
//! themselves, so a holder that dies leaks none. A store shared by several processes can take
//! this place behind the same calls.

mod member;
mod pool;

use std::{collections::HashMap, sync::Arc};

use parking_lot::Mutex;
use shared_kernel::domain::{DomainEvent, Owner, Timestamp};
use tracing::warn;

pub use pool::{LivePool, Taken};

use super::{ProxyPoolPorts, ProxyPoolSettings, ports::StoreError};
use crate::domain::{Pool, PoolId};

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
        let due = self.ports.ambient.now().plus(self.settings.refresh_every);
        let proxies = self.ports.store.load(pool.owner, pool.id).await?;
        let live = Arc::clone(
            self.pools
                .lock()
                .entry(pool.id)
                .or_insert_with(|| Arc::new(LivePool::new(pool.clone(), &self.settings))),
        );
        live.refresh(proxies, due);
        Ok(live)
    }

    pub fn forget(&self, id: PoolId) {
        self.pools.lock().remove(&id);
        self.references.lock().retain(|_, (pool, _)| *pool != id);
    }

    /// The pool's list changed: read it again before the next use.
    pub fn reload_soon(&self, id: PoolId) {
        if let Some(live) = self.known(id) {
            live.expire();
        }
    }

    /// Writes down what is new of all pools.
    pub async fn flush(&self) {
        let pools: Vec<_> = self.pools.lock().values().cloned().collect();
        self.write(&pools).await;
    }

    pub async fn flush_pool(&self, id: PoolId) {
        if let Some(live) = self.known(id) {
            self.write(&[live]).await;
        }
    }

    /// What cannot be written is kept for the next time.
    async fn write(&self, pools: &[Arc<LivePool>]) {
        let _one_at_a_time = self.flushing.lock().await;
        for live in pools {
            let news = live.collect();
            if news.is_empty() {
                continue;
            }
            let (changes, quarantines): (Vec<_>, Vec<_>) = news.into_iter().unzip();
            let events: Vec<DomainEvent> = quarantines
                .iter()
                .flatten()
                .map(|quarantine| quarantine.event(live.pool(), &self.ports.ambient))
                .collect();
            if let Err(error) = self.ports.store.save(&changes, &events).await {
                warn!(pool.id = %live.pool().id, %error, "state of proxies could not be saved, trying again");
                live.put_back(changes.into_iter().zip(quarantines));
            }
        }
    }
}
