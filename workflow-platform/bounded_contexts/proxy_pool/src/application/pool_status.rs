//! How a pool fares.

use shared_kernel::{application::Principal, domain::PageRequest};

use super::{
    PoolError, ProxyPoolModule,
    ports::{CountedPool, PoolSums, ProxyFilter},
};
use crate::domain::{PoolId, Proxy};

/// Sums over the pool and its newest proxies, up to [`PageRequest::MAX`].
#[derive(Debug)]
pub struct PoolStatus {
    pub pool: CountedPool,
    pub sums: PoolSums,
    pub proxies: Vec<Proxy>,
}

impl ProxyPoolModule {
    pub async fn pool_status(&self, who: &Principal, id: PoolId) -> Result<PoolStatus, PoolError> {
        let pool = self.show_pool(who, id).await?;
        self.live.flush_pool(id).await;
        let sums = self.ports.store.sums(who.owner(), id).await?;
        let page = PageRequest::first(PageRequest::MAX);
        let all = ProxyFilter::default();
        let mut proxies = self.ports.store.proxies(who.owner(), id, &all, page).await?;
        proxies.truncate(PageRequest::MAX as usize);
        Ok(PoolStatus { pool, sums, proxies })
    }
}
