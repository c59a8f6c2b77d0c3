//! Tests of pools.

use std::{collections::HashSet, time::Duration};

use async_trait::async_trait;
use shared_kernel::domain::{Owner, PageRequest, Timestamp};

use super::StoreError;
use crate::domain::{PoolId, ProxyId, Sight, TestId, TestState};

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
