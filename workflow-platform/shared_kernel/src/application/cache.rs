//! Values that may be forgotten.

use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;

/// The cache is out of reach.
#[derive(Debug, thiserror::Error)]
#[error("cache failed")]
pub struct CacheError(#[source] pub Box<dyn std::error::Error + Send + Sync>);

/// In process, or Redis when there is one.
#[async_trait]
pub trait Cache: Send + Sync {
    /// `redis` or `cache`: the name of the part in `/health`.
    fn part(&self) -> &'static str;

    async fn get(&self, key: &str) -> Result<Option<Bytes>, CacheError>;

    async fn put(&self, key: &str, value: Bytes, ttl: Duration) -> Result<(), CacheError>;

    /// Stores only when the key is absent; tells whether it did.
    async fn put_if_absent(
        &self,
        key: &str,
        value: Bytes,
        ttl: Duration,
    ) -> Result<bool, CacheError>;

    async fn remove(&self, key: &str) -> Result<(), CacheError>;

    async fn ping(&self) -> Result<(), CacheError>;
}
