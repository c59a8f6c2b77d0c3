//! Adds one proxy.

use shared_kernel::{
    application::{Limit, Principal},
    domain::Permission,
};

use super::{PoolError, ProxyChangeByHand, ProxyPoolModule, ports::NewProxy};
use crate::domain::{Manual, PoolId, Proxy, parse_import};

/// A proxy to be added.
#[derive(Debug, Clone, Default)]
pub struct NewProxyByHand {
    /// In one of the forms of an import.
    pub address: String,
    pub manual: ProxyChangeByHand,
}

impl ProxyPoolModule {
    pub async fn add_proxy(
        &self,
        who: &Principal,
        pool: PoolId,
        new: NewProxyByHand,
    ) -> Result<Proxy, PoolError> {
        who.require(Permission::ProxyWrite)?;
        let owner = who.owner();
        self.ports.store.pool(owner, pool).await?.ok_or(PoolError::NotFound)?;
        let manual = new.manual.onto(Manual::default())?;
        let mut list = parse_import(&new.address)?;
        if let Some(bad) = list.rejected.pop() {
            return Err(PoolError::invalid("address", bad.reason));
        }
        let (Some(line), true) = (list.proxies.pop(), list.proxies.is_empty()) else {
            return Err(PoolError::invalid("address", "must be one proxy"));
        };
        let endpoint = line.proxy.endpoint;
        if !self.ports.rules.proxy_allowed(&endpoint.host, endpoint.port) {
            return Err(PoolError::invalid(
                "address",
                "private, loopback and reserved addresses are not allowed",
            ));
        }
        let _turn = self.imports.lock().await;
        let used = self.ports.store.count_proxies(owner).await?;
        self.ports.entitlements.check(owner, Limit::Proxies, used, 1).await?;
        let now = self.ports.ambient.now();
        let id = self.ports.ambient.id();
        let password = line.proxy.password;
        let fresh =
            NewProxy { id, endpoint, password, source: None, check_at: self.first_check(now) };
        if self.ports.store.add_proxies(owner, pool, &[fresh], now).await? == 0 {
            return Err(PoolError::ProxyKnown);
        }
        self.ports.store.update_proxy(owner, pool, id, &manual).await?;
        self.live.reload_soon(pool);
        self.tell(pool).await;
        self.ports.store.proxy(owner, pool, id).await?.ok_or(PoolError::ProxyNotFound)
    }
}
