//! Tries every proxy of a pool.

use std::time::Duration;

use futures::{StreamExt as _, stream};
use shared_kernel::{application::Principal, domain::Permission};
use url::Url;

use super::{PoolError, ProxyPoolModule, ports::LoadedProxy};
use crate::domain::{PoolId, ProxyId};

/// How one proxy did.
#[derive(Debug, Clone)]
pub struct TestResult {
    pub proxy: ProxyId,
    /// Without credentials.
    pub address: String,
    pub outcome: Result<Duration, String>,
}

impl ProxyPoolModule {
    /// Sends one request through each proxy, a bounded number at a time, and takes the results
    /// as news of their health. Results come in the order of the pool.
    pub async fn test_pool(
        &self,
        who: &Principal,
        pool: PoolId,
        target: Option<&str>,
    ) -> Result<Vec<TestResult>, PoolError> {
        who.require(Permission::ProxyWrite)?;
        let found = self.ports.store.find_pool(who.owner(), &pool.to_string()).await?;
        let found = found.ok_or(PoolError::NotFound)?;
        let target = self.test_target(target)?;
        let proxies = self.ports.store.load(who.owner(), found.id).await?;
        let results: Vec<_> = stream::iter(proxies)
            .map(|proxy| self.test_one(proxy, &target))
            .buffered(self.settings.test_parallel.max(1))
            .collect()
            .await;
        let live = self.live.get(&found).await?;
        for result in &results {
            live.tested(result.proxy, &result.outcome, None, self.ports.ambient.now());
        }
        self.live.flush_pool(found.id).await;
        Ok(results)
    }

    async fn test_one(&self, proxy: LoadedProxy, target: &Url) -> TestResult {
        let timeout = self.settings.test_timeout;
        let outcome = self.ports.probe.probe(Some(&proxy.address), target, timeout).await;
        let outcome = outcome.map(|answer| answer.elapsed).map_err(|failure| failure.text);
        TestResult { proxy: proxy.id, address: proxy.address.to_string(), outcome }
    }

    fn test_target(&self, wanted: Option<&str>) -> Result<Url, PoolError> {
        let Some(wanted) = wanted else {
            let default = self.settings.test_target.clone();
            return default.ok_or_else(|| PoolError::invalid("target", "is needed"));
        };
        self.target("target", wanted)
    }
}
