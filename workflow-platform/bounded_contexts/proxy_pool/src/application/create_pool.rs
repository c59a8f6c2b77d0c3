//! Makes a pool.

use shared_kernel::{application::Principal, domain::Permission};

use super::{PoolError, ProxyPoolModule, ports::CountedPool};
use crate::domain::{Pool, Strategy};

/// What a pool is made of.
#[derive(Debug, Clone)]
pub struct NewPool {
    pub name: String,
    pub strategy: Strategy,
    pub parallel_limit: Option<u32>,
}

impl ProxyPoolModule {
    pub async fn create_pool(
        &self,
        who: &Principal,
        new: NewPool,
    ) -> Result<CountedPool, PoolError> {
        who.require(Permission::ProxyWrite)?;
        let name = new.name.parse().map_err(|error| PoolError::invalid("name", error))?;
        let parallel_limit = new.parallel_limit.unwrap_or(Pool::DEFAULT_PARALLEL_LIMIT);
        if !(1..=Pool::MAX_PARALLEL_LIMIT).contains(&parallel_limit) {
            return Err(PoolError::invalid("parallel_limit", "must be between 1 and 1000"));
        }
        let pool = Pool {
            id: self.ports.ambient.id(),
            owner: who.owner(),
            name,
            strategy: new.strategy,
            parallel_limit,
            created_at: self.ports.ambient.now(),
        };
        self.ports.store.insert_pool(&pool).await?;
        Ok(CountedPool { pool, proxies: 0 })
    }
}
