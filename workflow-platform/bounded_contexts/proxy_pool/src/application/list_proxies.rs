//! Looks at the proxies of a pool.

use shared_kernel::{
    application::Principal,
    domain::{Cursor, Page, PageRequest},
};

use super::{PoolError, ProxyPoolModule, ports::ProxyFilter};
use crate::domain::{PoolId, Proxy};

impl ProxyPoolModule {
    pub async fn list_proxies(
        &self,
        who: &Principal,
        pool: PoolId,
        filter: &ProxyFilter,
        page: PageRequest,
    ) -> Result<Page<Proxy>, PoolError> {
        self.show_pool(who, pool).await?;
        self.live.flush_pool(pool).await;
        let rows = self.ports.store.proxies(who.owner(), pool, filter, page).await?;
        let key = |proxy: &Proxy| Cursor { at: proxy.created_at, id: proxy.id.uuid() };
        Ok(Page::cut(rows, page.limit, key))
    }
}
