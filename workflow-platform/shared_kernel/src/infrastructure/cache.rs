//! The two caches: in process, and Redis.

use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use moka::{Expiry, future::Cache as Moka};
use redis::{AsyncCommands as _, RedisError, SetExpiry, SetOptions, aio::ConnectionManager};

use crate::application::{Cache, CacheError};

const PREFIX: &str = "wp:cache:";
const LOCAL_BYTES: u64 = 8 * 1024 * 1024;

/// A bounded cache in the process's own memory.
#[derive(Clone)]
pub struct LocalCache {
    entries: Moka<String, (Bytes, Duration)>,
}

struct PerEntry;

impl Expiry<String, (Bytes, Duration)> for PerEntry {
    fn expire_after_create(
        &self,
        _: &String,
        (_, ttl): &(Bytes, Duration),
        _: std::time::Instant,
    ) -> Option<Duration> {
        Some(*ttl)
    }

    fn expire_after_update(
        &self,
        _: &String,
        (_, ttl): &(Bytes, Duration),
        _: std::time::Instant,
        _: Option<Duration>,
    ) -> Option<Duration> {
        Some(*ttl)
    }
}

impl Default for LocalCache {
    fn default() -> Self {
        let entries = Moka::builder()
            .max_capacity(LOCAL_BYTES)
            .weigher(|key: &String, (value, _): &(Bytes, Duration)| {
                u32::try_from(key.len() + value.len() + 64).unwrap_or(u32::MAX)
            })
            .expire_after(PerEntry)
            .build();
        Self { entries }
    }
}

#[async_trait]
impl Cache for LocalCache {
    fn part(&self) -> &'static str {
        "cache"
    }

    async fn get(&self, key: &str) -> Result<Option<Bytes>, CacheError> {
        Ok(self.entries.get(key).await.map(|(value, _)| value))
    }

    async fn put(&self, key: &str, value: Bytes, ttl: Duration) -> Result<(), CacheError> {
        self.entries.insert(key.to_owned(), (value, ttl)).await;
        Ok(())
    }

    async fn put_if_absent(
        &self,
        key: &str,
        value: Bytes,
        ttl: Duration,
    ) -> Result<bool, CacheError> {
        let entry = self.entries.entry(key.to_owned()).or_insert_with(async { (value, ttl) }).await;
        Ok(entry.is_fresh())
    }

    async fn remove(&self, key: &str) -> Result<(), CacheError> {
        self.entries.invalidate(key).await;
        Ok(())
    }

    async fn ping(&self) -> Result<(), CacheError> {
        Ok(())
    }
}

/// A cache shared by all processes.
#[derive(Clone)]
pub struct RedisCache {
    connection: ConnectionManager,
}

impl RedisCache {
    pub fn new(connection: ConnectionManager) -> Self {
        Self { connection }
    }
}

fn failed(error: RedisError) -> CacheError {
    CacheError(Box::new(error))
}

fn millis(ttl: Duration) -> u64 {
    u64::try_from(ttl.as_millis()).unwrap_or(u64::MAX).max(1)
}

#[async_trait]
impl Cache for RedisCache {
    fn part(&self) -> &'static str {
        "redis"
    }

    async fn get(&self, key: &str) -> Result<Option<Bytes>, CacheError> {
        let mut connection = self.connection.clone();
        let value: Option<Vec<u8>> =
            connection.get(format!("{PREFIX}{key}")).await.map_err(failed)?;
        Ok(value.map(Bytes::from))
    }

    async fn put(&self, key: &str, value: Bytes, ttl: Duration) -> Result<(), CacheError> {
        let mut connection = self.connection.clone();
        connection
            .pset_ex::<_, _, ()>(format!("{PREFIX}{key}"), value.as_ref(), millis(ttl))
            .await
            .map_err(failed)
    }

    async fn put_if_absent(
        &self,
        key: &str,
        value: Bytes,
        ttl: Duration,
    ) -> Result<bool, CacheError> {
        let mut connection = self.connection.clone();
        let options = SetOptions::default()
            .conditional_set(redis::ExistenceCheck::NX)
            .with_expiration(SetExpiry::PX(millis(ttl)));
        let stored: Option<String> = connection
            .set_options(format!("{PREFIX}{key}"), value.as_ref(), options)
            .await
            .map_err(failed)?;
        Ok(stored.is_some())
    }

    async fn remove(&self, key: &str) -> Result<(), CacheError> {
        let mut connection = self.connection.clone();
        connection.del::<_, ()>(format!("{PREFIX}{key}")).await.map_err(failed)
    }

    async fn ping(&self) -> Result<(), CacheError> {
        let mut connection = self.connection.clone();
        connection.ping::<String>().await.map(|_| ()).map_err(failed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_entry_ends_with_its_time_and_is_taken_once() {
        let cache = LocalCache::default();
        let ttl = Duration::from_millis(40);
        assert!(cache.put_if_absent("k", "a".into(), ttl).await.unwrap());
        assert!(!cache.put_if_absent("k", "b".into(), ttl).await.unwrap());
        assert_eq!(cache.get("k").await.unwrap().as_deref(), Some(&b"a"[..]));
        tokio::time::sleep(ttl * 2).await;
        assert_eq!(cache.get("k").await.unwrap(), None);
    }
}
