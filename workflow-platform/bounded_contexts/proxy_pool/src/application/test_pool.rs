//! Tests every proxy of a pool.

use std::{sync::Arc, time::Duration};

use shared_kernel::{
    application::Principal,
    domain::{PageRequest, Permission},
};
use url::Url;

use super::{
    PoolError, ProxyPoolModule,
    drive_test::LEASE,
    ports::{PoolTest, TestRow},
};
use crate::domain::{Pool, PoolId, TestState};

/// Tests of a pool that are kept.
const KEPT: u32 = 20;
/// How long a caller is let wait for a test: well within the time limit of a request.
const WAIT: Duration = Duration::from_secs(20);

impl ProxyPoolModule {
    /// Begins a test in the background. One at a time runs in a pool.
    pub async fn start_test(
        self: &Arc<Self>,
        who: &Principal,
        pool: PoolId,
        target: Option<&str>,
    ) -> Result<PoolTest, PoolError> {
        let test = self.begin_test(who, pool, target).await?;
        let (module, driven) = (Arc::clone(self), test.clone());
        tokio::spawn(async move { module.drive_or_warn(driven).await });
        Ok(test)
    }

    /// Begins a test and waits a while for its end: the test as it stands then, and its first
    /// results.
    pub async fn test_pool(
        self: &Arc<Self>,
        who: &Principal,
        pool: PoolId,
        target: Option<&str>,
    ) -> Result<(PoolTest, Vec<TestRow>), PoolError> {
        let test = self.begin_test(who, pool, target).await?;
        let (module, driven) = (Arc::clone(self), test.clone());
        let driver = tokio::spawn(async move { module.drive_or_warn(driven).await });
        let _ = tokio::time::timeout(WAIT, driver).await;
        let found = self.ports.tests.test(who.owner(), pool, test.id).await?;
        let results = self.ports.tests.test_results(test.id, 0, PageRequest::MAX).await?;
        Ok((found.unwrap_or(test), results))
    }

    async fn begin_test(
        &self,
        who: &Principal,
        pool: PoolId,
        target: Option<&str>,
    ) -> Result<PoolTest, PoolError> {
        who.require(Permission::ProxyWrite)?;
        let found = self.ports.store.find_pool(who.owner(), &pool.to_string()).await?;
        let found = found.ok_or(PoolError::NotFound)?;
        let target = match target {
            Some(wanted) => self.target("target", wanted)?,
            None => self
                .usual_target(&found)
                .ok_or_else(|| PoolError::invalid("target", "is needed"))?,
        };
        let proxies = self.ports.store.load(who.owner(), pool).await?;
        let enabled = proxies.iter().filter(|proxy| proxy.manual.enabled).count();
        let now = self.ports.ambient.now();
        let test = PoolTest {
            id: self.ports.ambient.id(),
            pool,
            owner: who.owner(),
            state: TestState::Running,
            target: target.to_string(),
            judge: found.terms.judge,
            total: u32::try_from(enabled).unwrap_or(u32::MAX),
            done: 0,
            worked: 0,
            cancel_wanted: false,
            leased_until: now.plus(LEASE),
            created_at: now,
            finished_at: None,
        };
        if !self.ports.tests.begin_test(&test).await? {
            return Err(PoolError::TestRunning);
        }
        self.ports.tests.forget_tests(pool, KEPT).await?;
        Ok(test)
    }

    /// What the pool's proxies are tested against when nobody says.
    pub(super) fn usual_target(&self, pool: &Pool) -> Option<Url> {
        let own = pool.terms.test_target.as_deref().and_then(|address| Url::parse(address).ok());
        own.or_else(|| self.settings.test_target.clone())
    }
}
