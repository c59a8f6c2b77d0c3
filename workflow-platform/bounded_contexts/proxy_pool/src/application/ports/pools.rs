//! Pools and proxies at rest.

use std::collections::HashSet;

use async_trait::async_trait;
use secrecy::SecretString;
use shared_kernel::{
    application::ProxyAddress,
    domain::{DomainEvent, Owner, PageRequest, Timestamp},
};

use super::StoreError;
use crate::domain::{
    Health, Manual, Pool, PoolId, Proxy, ProxyEndpoint, ProxyId, Sight, SourceId, UsageDelta,
};

/// How many proxies of a pool are in each state.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct StateCounts {
    pub unknown: u64,
    pub healthy: u64,
    pub degraded: u64,
    pub half_open: u64,
    pub quarantined: u64,
}

impl StateCounts {
    pub const fn total(self) -> u64 {
        self.unknown + self.healthy + self.degraded + self.half_open + self.quarantined
    }
}

/// A pool and how many proxies it has.
#[derive(Debug, Clone)]
pub struct CountedPool {
    pub pool: Pool,
    pub states: StateCounts,
}

/// A proxy to be stored. The password is sealed on its way.
#[derive(Debug, Clone)]
pub struct NewProxy {
    pub id: ProxyId,
    pub endpoint: ProxyEndpoint,
    pub password: Option<SecretString>,
    /// The provider's list it comes from.
    pub source: Option<SourceId>,
    /// When it is checked for the first time.
    pub check_at: Timestamp,
}

/// A proxy as the chooser needs it: with credentials, without counts.
#[derive(Debug, Clone)]
pub struct LoadedProxy {
    pub id: ProxyId,
    pub address: ProxyAddress,
    pub manual: Manual,
    pub health: Health,
    pub latency_ms: Option<f64>,
}

/// What may have changed of a proxy since it was loaded.
#[derive(Debug, Clone)]
pub struct FoundHealth {
    pub id: ProxyId,
    pub health: Health,
    pub latency_ms: Option<f64>,
}

/// What is written down of a proxy from time to time.
#[derive(Debug, Clone)]
pub struct ProxyChange {
    pub id: ProxyId,
    pub health: Health,
    pub usage: UsageDelta,
    pub latency_ms: Option<f64>,
    /// `None` keeps the stored one.
    pub last_error: Option<String>,
    pub last_used_at: Option<Timestamp>,
    /// `None` keeps the stored one.
    pub sight: Option<Sight>,
    pub checked_at: Option<Timestamp>,
}

/// Which proxies of a pool are listed.
#[derive(Debug, Clone, Default)]
pub struct ProxyFilter {
    pub state: Option<String>,
    pub enabled: Option<bool>,
    /// Part of the host or of the label.
    pub search: Option<String>,
}

/// Sums over a pool.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PoolSums {
    pub total: u64,
    /// State name and number of proxies in it.
    pub by_state: Vec<(String, u64)>,
    pub requests: u64,
    pub successes: u64,
    pub failures: u64,
    pub bytes: u64,
}

/// Pools and proxies at rest.
#[async_trait]
pub trait PoolStore: Send + Sync {
    async fn insert_pool(&self, pool: &Pool) -> Result<(), StoreError>;

    /// Newest first, one row more than `page.limit` when there are more.
    async fn pools(&self, owner: Owner, page: PageRequest) -> Result<Vec<CountedPool>, StoreError>;

    async fn pool(&self, owner: Owner, id: PoolId) -> Result<Option<CountedPool>, StoreError>;

    /// By id or by name.
    async fn find_pool(&self, owner: Owner, reference: &str) -> Result<Option<Pool>, StoreError>;

    /// Writes name and terms; tells whether it was there.
    async fn update_pool(&self, pool: &Pool) -> Result<bool, StoreError>;

    /// With its proxies; tells whether it was there.
    async fn delete_pool(&self, owner: Owner, id: PoolId) -> Result<bool, StoreError>;

    async fn count_proxies(&self, owner: Owner) -> Result<u64, StoreError>;

    async fn endpoints(
        &self,
        owner: Owner,
        pool: PoolId,
    ) -> Result<HashSet<ProxyEndpoint>, StoreError>;

    /// Adds those that are not there yet and tells how many; all or none.
    async fn add_proxies(
        &self,
        owner: Owner,
        pool: PoolId,
        proxies: &[NewProxy],
        now: Timestamp,
    ) -> Result<u64, StoreError>;

    /// Newest first, one row more than `page.limit` when there are more.
    async fn proxies(
        &self,
        owner: Owner,
        pool: PoolId,
        filter: &ProxyFilter,
        page: PageRequest,
    ) -> Result<Vec<Proxy>, StoreError>;

    async fn proxy(
        &self,
        owner: Owner,
        pool: PoolId,
        id: ProxyId,
    ) -> Result<Option<Proxy>, StoreError>;

    /// Tells whether it was there.
    async fn update_proxy(
        &self,
        owner: Owner,
        pool: PoolId,
        id: ProxyId,
        manual: &Manual,
    ) -> Result<bool, StoreError>;

    /// Tells whether it was there.
    async fn remove_proxy(
        &self,
        owner: Owner,
        pool: PoolId,
        id: ProxyId,
    ) -> Result<bool, StoreError>;

    async fn sums(&self, owner: Owner, pool: PoolId) -> Result<PoolSums, StoreError>;

    /// All proxies of a pool with credentials, sorted by id. One whose password cannot be opened
    /// any more is left out.
    async fn load(&self, owner: Owner, pool: PoolId) -> Result<Vec<LoadedProxy>, StoreError>;

    /// What was written of the pool's proxies since then.
    async fn load_changed(
        &self,
        pool: PoolId,
        since: Timestamp,
    ) -> Result<Vec<FoundHealth>, StoreError>;

    /// Writes changes and the events they caused, all or none.
    async fn save(
        &self,
        changes: &[ProxyChange],
        events: &[DomainEvent],
        now: Timestamp,
    ) -> Result<(), StoreError>;
}
