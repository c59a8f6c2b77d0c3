//! Looks at pools.

use shared_kernel::{
    application::Principal,
    domain::{Cursor, Page, PageRequest, Permission},
};

use super::{PoolError, ProxyPoolModule, ports::CountedPool};
use crate::domain::PoolId;

impl ProxyPoolModule {
    pub async fn list_pools(
        &self,
        who: &Principal,
        page: PageRequest,
    ) -> Result<Page<CountedPool>, PoolError> {
        who.require(Permission::ProxyRead)?;
        let rows = self.ports.store.pools(who.owner(), page).await?;
        let key = |row: &CountedPool| Cursor { at: row.pool.created_at, id: row.pool.id.uuid() };
        Ok(Page::cut(rows, page.limit, key))
    }

    pub async fn show_pool(&self, who: &Principal, id: PoolId) -> Result<CountedPool, PoolError> {
        who.require(Permission::ProxyRead)?;
        self.ports.store.pool(who.owner(), id).await?.ok_or(PoolError::NotFound)
    }
}
