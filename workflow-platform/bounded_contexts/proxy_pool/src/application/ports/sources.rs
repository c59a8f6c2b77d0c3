//! Providers' lists.

use std::{collections::HashSet, time::Duration};

use async_trait::async_trait;
use secrecy::SecretString;
use shared_kernel::{
    application::ProxyScheme,
    domain::{Owner, PageRequest, Timestamp},
};
use url::Url;

use super::StoreError;
use crate::domain::{PoolId, ProxyId, SourceId};

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
