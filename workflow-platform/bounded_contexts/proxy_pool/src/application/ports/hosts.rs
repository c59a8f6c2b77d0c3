//! What is known of hosts.

use async_trait::async_trait;
use shared_kernel::domain::{Owner, PageRequest, Timestamp};

use super::StoreError;
use crate::domain::{HostId, HostNews, Pair, PoolId, ProxyEndpoint, ProxyId, StoredHost, Tally};

/// A host and the sums over all proxies that were used for it.
#[derive(Debug, Clone)]
pub struct HostSums {
    pub stored: StoredHost,
    pub proxies: u64,
    /// Proxies that may not be used for it for now.
    pub resting: u64,
    pub tally: Tally,
    pub latency_ms: Option<f64>,
}

/// One proxy against one host, as it stands written down.
#[derive(Debug, Clone)]
pub struct PairRow {
    pub proxy: ProxyId,
    pub endpoint: ProxyEndpoint,
    pub created_at: Timestamp,
    pub pair: Pair,
}

/// What is known of hosts, at rest and between processes.
#[async_trait]
pub trait HostStore: Send + Sync {
    /// Adds what is new to what stands there, whoever wrote it.
    async fn save_hosts(
        &self,
        pool: PoolId,
        news: &[HostNews],
        now: Timestamp,
    ) -> Result<(), StoreError>;

    async fn load_host(
        &self,
        id: HostId,
    ) -> Result<Option<(StoredHost, Vec<(ProxyId, Pair)>)>, StoreError>;

    /// Hosts of the pool that were written since then, with the pairs that were.
    async fn changed_hosts(
        &self,
        pool: PoolId,
        since: Timestamp,
    ) -> Result<Vec<(StoredHost, Vec<(ProxyId, Pair)>)>, StoreError>;

    /// Newest first, one row more than `page.limit` when there are more.
    async fn list_hosts(
        &self,
        owner: Owner,
        pool: PoolId,
        now: Timestamp,
        page: PageRequest,
    ) -> Result<Vec<HostSums>, StoreError>;

    /// Proxies used for the host, newest first, one row more than `page.limit` when there are
    /// more.
    async fn list_pairs(
        &self,
        owner: Owner,
        pool: PoolId,
        host: &str,
        page: PageRequest,
    ) -> Result<Vec<PairRow>, StoreError>;

    /// Drops hosts that were not asked since then, some at a time; tells how many.
    async fn forget_hosts(&self, before: Timestamp) -> Result<u64, StoreError>;
}
