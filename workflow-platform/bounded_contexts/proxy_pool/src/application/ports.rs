//! What the use cases need from outside.

use std::{collections::HashSet, time::Duration};

use async_trait::async_trait;
use secrecy::SecretString;
use shared_kernel::{
    application::ProxyAddress,
    domain::{DomainEvent, Owner, PageRequest, Timestamp},
};
use url::Url;

use crate::domain::{Health, Pool, PoolId, Proxy, ProxyEndpoint, ProxyId, UsageDelta};

/// The store failed.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("name is taken")]
    NameTaken,
    #[error("database failed")]
    Database(#[source] Box<dyn std::error::Error + Send + Sync>),
    #[error("row cannot be understood: {0}")]
    BadRow(String),
    #[error("password cannot be sealed")]
    Seal(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// A pool and how many proxies it has.
#[derive(Debug, Clone)]
pub struct CountedPool {
    pub pool: Pool,
    pub proxies: u64,
}

/// A proxy to be stored. The password is sealed on its way.
#[derive(Debug, Clone)]
pub struct NewProxy {
    pub id: ProxyId,
    pub endpoint: ProxyEndpoint,
    pub password: Option<SecretString>,
}

/// A proxy as the chooser needs it: with credentials, without counts.
#[derive(Debug, Clone)]
pub struct LoadedProxy {
    pub id: ProxyId,
    pub address: ProxyAddress,
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
        page: PageRequest,
    ) -> Result<Vec<Proxy>, StoreError>;

    async fn sums(&self, owner: Owner, pool: PoolId) -> Result<PoolSums, StoreError>;

    /// All proxies of a pool with credentials, sorted by id. One whose password cannot be opened
    /// any more is left out.
    async fn load(&self, owner: Owner, pool: PoolId) -> Result<Vec<LoadedProxy>, StoreError>;

    /// Writes changes and the events they caused, all or none.
    async fn save(&self, changes: &[ProxyChange], events: &[DomainEvent])
    -> Result<(), StoreError>;
}

/// Sends one request through one proxy.
#[async_trait]
pub trait ProxyProbe: Send + Sync {
    /// How long the answer took, or what went wrong in a few words without credentials.
    async fn probe(
        &self,
        proxy: &ProxyAddress,
        target: &Url,
        timeout: Duration,
    ) -> Result<Duration, String>;
}

/// Judges addresses that users hand in.
pub trait AddressRules: Send + Sync {
    /// Whether a proxy may listen there: a name, or an address that is not private.
    fn proxy_allowed(&self, host: &str, port: u16) -> bool;

    /// Whether a test may aim there.
    fn target_allowed(&self, target: &Url) -> bool;
}
