//! Looks at what a pool knows of hosts.

use shared_kernel::{
    application::{Principal, ProxyWish},
    domain::{Cursor, Page, PageRequest, Permission},
};

use super::{
    PoolError, ProxyPoolModule,
    live::Explanation,
    ports::{HostSums, PairRow},
};
use crate::domain::PoolId;

impl ProxyPoolModule {
    pub async fn list_hosts(
        &self,
        who: &Principal,
        pool: PoolId,
        page: PageRequest,
    ) -> Result<Page<HostSums>, PoolError> {
        self.show_pool(who, pool).await?;
        self.live.flush_pool(pool).await;
        let now = self.ports.ambient.now();
        let rows = self.ports.hosts.list_hosts(who.owner(), pool, now, page).await?;
        let key = |row: &HostSums| Cursor { at: row.stored.first_at, id: row.stored.id.uuid() };
        Ok(Page::cut(rows, page.limit, key))
    }

    /// Proxies that were used for one host. A host that was never asked has none.
    pub async fn list_host_proxies(
        &self,
        who: &Principal,
        pool: PoolId,
        host: &str,
        page: PageRequest,
    ) -> Result<Page<PairRow>, PoolError> {
        self.show_pool(who, pool).await?;
        self.live.flush_pool(pool).await;
        let host = host_of(host)?;
        let rows = self.ports.hosts.list_pairs(who.owner(), pool, &host, page).await?;
        let key = |row: &PairRow| Cursor { at: row.created_at, id: row.proxy.uuid() };
        Ok(Page::cut(rows, page.limit, key))
    }

    /// What the pool would choose now for a host, and why.
    pub async fn explain(
        &self,
        who: &Principal,
        pool: PoolId,
        host: &str,
        session: Option<&str>,
    ) -> Result<Explanation, PoolError> {
        who.require(Permission::ProxyRead)?;
        let found = self.ports.store.find_pool(who.owner(), &pool.to_string()).await?;
        let found = found.ok_or(PoolError::NotFound)?;
        let host = host_of(host)?;
        let live = self.live.get(&found).await?;
        self.live.meet(&live, &host).await?;
        let wish = ProxyWish { host: &host, session, avoid: &[] };
        Ok(live.explain(&wish, &self.ports.ambient))
    }
}

/// `name:port` as the fetcher says it; without a port it is that of https.
fn host_of(text: &str) -> Result<String, PoolError> {
    let bad = || PoolError::invalid("host", "must be a name or an address, with or without port");
    let url = url::Url::parse(&format!("https://{text}/")).map_err(|_| bad())?;
    let plain = url.path() == "/" && url.query().is_none() && url.username().is_empty();
    let host = url.host_str().filter(|host| plain && !host.is_empty()).ok_or_else(bad)?;
    Ok(format!("{host}:{}", url.port().unwrap_or(443)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_named_as_the_fetcher_does() {
        assert_eq!(host_of("Site.Example").unwrap(), "site.example:443");
        assert_eq!(host_of("site.example:80").unwrap(), "site.example:80");
        assert_eq!(host_of("[2001:db8::1]:8080").unwrap(), "[2001:db8::1]:8080");
        for bad in ["", "a b", "http://x", "x/y", "u@x", "x?y", "x:99999"] {
            assert!(host_of(bad).is_err(), "{bad}");
        }
    }
}
