//! What the use cases need from outside.

use std::{collections::HashSet, time::Duration};

use async_trait::async_trait;
use bytes::Bytes;
use secrecy::SecretString;
use shared_kernel::{
    application::{ProxyAddress, ProxyScheme},
    domain::{DomainEvent, Owner, PageRequest, Timestamp},
};
use url::Url;

use crate::domain::{
    Health, HostId, HostNews, Manual, Pair, Pool, PoolId, Proxy, ProxyEndpoint, ProxyId, Sight,
    SourceId, StickyTerms, StoredHost, Tally, TestId, TestState, UsageDelta,
};

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

/// What processes share while requests are under way.
#[async_trait]
pub trait SharedLeases: Send + Sync {
    /// Whether the lease fits within the limit over all processes and all its probes are the only
    /// ones out. What is shared is out of reach: the process's own limit has to do.
    async fn acquire(&self, claim: &LeaseClaim) -> Admission;

    /// Ends the lease and its probes.
    async fn release(&self, proxy: ProxyId, lease: uuid::Uuid);

    /// The proxy of a session: the one that is bound already, unless it is to be avoided, or the
    /// given one from now on.
    async fn bind(
        &self,
        session: &str,
        proxy: ProxyId,
        avoid: &[uuid::Uuid],
        terms: &StickyTerms,
    ) -> Option<ProxyId>;
}

/// A lease that is asked for.
#[derive(Debug, Clone)]
pub struct LeaseClaim {
    pub proxy: ProxyId,
    pub lease: uuid::Uuid,
    pub limit: u32,
    pub ttl: Duration,
    /// Names of breakers whose one probe this would be.
    pub probes: Vec<String>,
    pub probe_ttl: Duration,
    pub now: Timestamp,
}

/// What became of a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Admission {
    Granted,
    /// Other processes use up the limit.
    Full,
    /// Another process's probe is out.
    Probed,
}

/// An answer that came.
#[derive(Debug, Clone)]
pub struct ProbeAnswer {
    pub elapsed: Duration,
    /// The beginning of the page.
    pub body: Bytes,
}

/// Why no answer came, in a few words without credentials.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProbeFailure {
    /// The proxy itself failed; otherwise it may be the target's fault.
    pub proxy_failed: bool,
    pub text: String,
}

impl ProbeFailure {
    pub fn proxy(text: impl Into<String>) -> Self {
        Self { proxy_failed: true, text: text.into() }
    }

    pub fn target(text: impl Into<String>) -> Self {
        Self { proxy_failed: false, text: text.into() }
    }
}

/// Sends one request through one proxy, or through none.
#[async_trait]
pub trait ProxyProbe: Send + Sync {
    async fn probe(
        &self,
        proxy: Option<&ProxyAddress>,
        target: &Url,
        timeout: Duration,
    ) -> Result<ProbeAnswer, ProbeFailure>;
}

/// A test of all proxies of a pool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PoolTest {
    pub id: TestId,
    pub pool: PoolId,
    pub owner: Owner,
    pub state: TestState,
    pub target: String,
    pub judge: Option<String>,
    pub total: u32,
    pub done: u32,
    pub worked: u32,
    pub cancel_wanted: bool,
    /// Until then one process drives it.
    pub leased_until: Timestamp,
    pub created_at: Timestamp,
    pub finished_at: Option<Timestamp>,
}

/// What a test found of one proxy.
#[derive(Debug, Clone)]
pub struct TestRow {
    /// From 1, in the order in which they came.
    pub seq: u32,
    pub proxy: ProxyId,
    /// `scheme://host:port`.
    pub address: String,
    pub outcome: Result<Duration, String>,
    pub sight: Sight,
    pub at: Timestamp,
}

/// Tests of pools.
#[async_trait]
pub trait TestStore: Send + Sync {
    /// False when another test of the pool is still running.
    async fn begin_test(&self, test: &PoolTest) -> Result<bool, StoreError>;

    async fn test(
        &self,
        owner: Owner,
        pool: PoolId,
        id: TestId,
    ) -> Result<Option<PoolTest>, StoreError>;

    /// Newest first, one row more than `page.limit` when there are more.
    async fn tests(
        &self,
        owner: Owner,
        pool: PoolId,
        page: PageRequest,
    ) -> Result<Vec<PoolTest>, StoreError>;

    /// Results after this one, in their order.
    async fn test_results(
        &self,
        id: TestId,
        after: u32,
        limit: u32,
    ) -> Result<Vec<TestRow>, StoreError>;

    /// Proxies that have their result already.
    async fn tested(&self, id: TestId) -> Result<HashSet<ProxyId>, StoreError>;

    /// A running test whose driver is gone, leased to the caller until then.
    async fn take_over_test(
        &self,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Option<PoolTest>, StoreError>;

    /// Adds results and counts, and keeps the lease. None when it is another's by now; otherwise
    /// whether the test is to be cancelled.
    async fn drive_test(
        &self,
        test: &PoolTest,
        results: &[TestRow],
        until: Timestamp,
    ) -> Result<Option<bool>, StoreError>;

    /// Ends a test that runs; tells whether it did.
    async fn end_test(
        &self,
        id: TestId,
        state: TestState,
        now: Timestamp,
    ) -> Result<bool, StoreError>;

    /// Whoever drives it stops; tells whether it was running.
    async fn cancel_test(&self, owner: Owner, pool: PoolId, id: TestId)
    -> Result<bool, StoreError>;

    /// Keeps the newest of a pool.
    async fn forget_tests(&self, pool: PoolId, keep: u32) -> Result<(), StoreError>;
}

/// A proxy that is due for a check.
#[derive(Debug, Clone)]
pub struct DueCheck {
    pub pool: Pool,
    pub proxy: LoadedProxy,
    pub last_used_at: Option<Timestamp>,
}

/// Checks of proxies that nobody uses.
#[async_trait]
pub trait CheckStore: Send + Sync {
    /// Some that are due, longest first; nobody else gets them before `again`.
    async fn claim_checks(
        &self,
        now: Timestamp,
        again: Timestamp,
        limit: u32,
    ) -> Result<Vec<DueCheck>, StoreError>;

    /// When they are due next.
    async fn schedule_checks(&self, due: &[(ProxyId, Timestamp)]) -> Result<(), StoreError>;
}

/// What came of the last fetch of a list; counts are those of the last that worked.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LastFetch {
    pub at: Option<Timestamp>,
    pub error: Option<String>,
    pub found: u32,
    pub added: u32,
    pub rejected: u32,
    /// No longer in the list.
    pub missing: u32,
}

/// A provider's list that a pool follows. The address is sealed at rest.
#[derive(Debug, Clone)]
pub struct ListSource {
    pub id: SourceId,
    pub pool: PoolId,
    pub owner: Owner,
    pub url: SecretString,
    /// Without what may be the key of an account.
    pub shown_url: String,
    /// Of lines that name none.
    pub scheme: ProxyScheme,
    pub every: Duration,
    /// A proxy that is no longer listed goes after this.
    pub grace: Duration,
    pub enabled: bool,
    pub next_at: Timestamp,
    pub last: LastFetch,
    pub created_at: Timestamp,
}

/// How a list differs from what the pool has of it.
#[derive(Debug, Clone)]
pub struct SourceDiff {
    pub missing: Vec<ProxyId>,
    pub back: Vec<ProxyId>,
    /// When those that are missing go.
    pub retires_at: Timestamp,
    pub passwords: Vec<(ProxyId, SecretString)>,
}

/// Providers' lists at rest.
#[async_trait]
pub trait SourceStore: Send + Sync {
    async fn insert_source(&self, source: &ListSource) -> Result<(), StoreError>;

    /// Newest first, one row more than `page.limit` when there are more.
    async fn sources(
        &self,
        owner: Owner,
        pool: PoolId,
        page: PageRequest,
    ) -> Result<Vec<ListSource>, StoreError>;

    async fn source(
        &self,
        owner: Owner,
        pool: PoolId,
        id: SourceId,
    ) -> Result<Option<ListSource>, StoreError>;

    /// Tells whether it was there.
    async fn update_source(&self, source: &ListSource) -> Result<bool, StoreError>;

    /// Its proxies stay, as if they had been put in by hand; tells whether it was there.
    async fn remove_source(
        &self,
        owner: Owner,
        pool: PoolId,
        id: SourceId,
    ) -> Result<bool, StoreError>;

    /// One that is due; it is then due again after its interval, so that nobody else gets it.
    async fn claim_source(&self, now: Timestamp) -> Result<Option<ListSource>, StoreError>;

    async fn note_fetch(&self, id: SourceId, last: &LastFetch) -> Result<(), StoreError>;

    /// The pool's proxies that come from the list.
    async fn source_proxies(&self, id: SourceId) -> Result<HashSet<ProxyId>, StoreError>;

    /// Writes how the list differs, all or nothing.
    async fn apply(&self, source: &ListSource, diff: &SourceDiff) -> Result<(), StoreError>;

    /// Removes some proxies whose grace is over; tells the pools they were in.
    async fn retire_proxies(
        &self,
        now: Timestamp,
        limit: u32,
    ) -> Result<HashSet<PoolId>, StoreError>;
}

/// Gets a provider's list.
#[async_trait]
pub trait ListFetcher: Send + Sync {
    /// The text, or in a few words why it did not come.
    async fn fetch(&self, url: &Url, most: usize, timeout: Duration) -> Result<String, String>;
}

/// Judges addresses that users hand in.
pub trait AddressRules: Send + Sync {
    /// Whether a proxy may listen there: a name, or an address that is not private.
    fn proxy_allowed(&self, host: &str, port: u16) -> bool;

    /// Whether a name of that host and port may be connected to at this address.
    fn address_allowed(&self, address: std::net::IpAddr, host: &str, port: u16) -> bool;

    /// Whether a test may aim there.
    fn target_allowed(&self, target: &Url) -> bool;
}
