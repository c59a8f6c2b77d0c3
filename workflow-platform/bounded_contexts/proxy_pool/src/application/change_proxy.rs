//! Changes what its owner says of a proxy, or removes it.

use shared_kernel::{application::Principal, domain::Permission};

use super::{Change, PoolError, ProxyPoolModule};
use crate::domain::{Manual, PoolId, Proxy, ProxyId};

/// What is to be another; `None` keeps what stands.
#[derive(Debug, Clone, Default)]
pub struct ProxyChangeByHand {
    pub enabled: Option<bool>,
    pub cost: Option<f64>,
    pub label: Change<String>,
}

const LEAST_COST: f64 = 0.01;
const MOST_COST: f64 = 1000.0;
const LABEL: usize = 100;

impl ProxyChangeByHand {
    pub(super) fn onto(self, manual: Manual) -> Result<Manual, PoolError> {
        let cost = self.cost.unwrap_or(manual.cost);
        if !(LEAST_COST..=MOST_COST).contains(&cost) {
            return Err(PoolError::invalid("cost", "must be between 0.01 and 1000"));
        }
        let label = self.label.onto(manual.label).filter(|label| !label.is_empty());
        let bad =
            |label: &String| label.chars().count() > LABEL || label.chars().any(char::is_control);
        if label.as_ref().is_some_and(bad) {
            return Err(PoolError::invalid(
                "label",
                "must have at most 100 characters on one line",
            ));
        }
        Ok(Manual { enabled: self.enabled.unwrap_or(manual.enabled), cost, label })
    }
}

impl ProxyPoolModule {
    pub async fn show_proxy(
        &self,
        who: &Principal,
        pool: PoolId,
        id: ProxyId,
    ) -> Result<Proxy, PoolError> {
        who.require(Permission::ProxyRead)?;
        self.live.flush_pool(pool).await;
        self.ports.store.proxy(who.owner(), pool, id).await?.ok_or(PoolError::ProxyNotFound)
    }

    pub async fn change_proxy(
        &self,
        who: &Principal,
        pool: PoolId,
        id: ProxyId,
        change: ProxyChangeByHand,
    ) -> Result<Proxy, PoolError> {
        who.require(Permission::ProxyWrite)?;
        let owner = who.owner();
        let found = self.ports.store.proxy(owner, pool, id).await?;
        let found = found.ok_or(PoolError::ProxyNotFound)?;
        let manual = change.onto(found.manual.clone())?;
        if !self.ports.store.update_proxy(owner, pool, id, &manual).await? {
            return Err(PoolError::ProxyNotFound);
        }
        self.live.reload_soon(pool);
        self.tell(pool).await;
        Ok(Proxy { manual, ..found })
    }

    pub async fn remove_proxy(
        &self,
        who: &Principal,
        pool: PoolId,
        id: ProxyId,
    ) -> Result<(), PoolError> {
        who.require(Permission::ProxyWrite)?;
        if !self.ports.store.remove_proxy(who.owner(), pool, id).await? {
            return Err(PoolError::ProxyNotFound);
        }
        self.live.reload_soon(pool);
        self.tell(pool).await;
        Ok(())
    }
}
