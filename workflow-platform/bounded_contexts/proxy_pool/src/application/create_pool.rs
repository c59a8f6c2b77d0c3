//! Makes a pool.

use shared_kernel::{
    application::Principal,
    domain::{Owner, Permission},
};

use super::{
    PoolChange, PoolError, ProxyPoolModule,
    ports::{CountedPool, StateCounts},
};
use crate::domain::{Pool, PoolTerms};

/// What a pool is made of.
#[derive(Debug, Clone, Default)]
pub struct NewPool {
    pub name: String,
    /// What differs from the usual terms; its name is not looked at.
    pub terms: PoolChange,
}

impl ProxyPoolModule {
    pub async fn create_pool(
        &self,
        who: &Principal,
        new: NewPool,
    ) -> Result<CountedPool, PoolError> {
        who.require(Permission::ProxyWrite)?;
        self.create_pool_for(who.owner(), new).await
    }

    /// For an owner whom the caller has made sure of.
    pub async fn create_pool_for(
        &self,
        owner: Owner,
        new: NewPool,
    ) -> Result<CountedPool, PoolError> {
        let name = new.name.parse().map_err(|error| PoolError::invalid("name", error))?;
        let pool = Pool {
            id: self.ports.ambient.id(),
            owner,
            name,
            terms: self.changed(PoolTerms::default(), new.terms)?,
            list_version: 0,
            created_at: self.ports.ambient.now(),
        };
        self.ports.store.insert_pool(&pool).await?;
        Ok(CountedPool { pool, states: StateCounts::default() })
    }
}
