//! Removes a pool and its proxies.

use shared_kernel::{application::Principal, domain::Permission};

use super::{PoolError, ProxyPoolModule};
use crate::domain::PoolId;

impl ProxyPoolModule {
    pub async fn delete_pool(&self, who: &Principal, id: PoolId) -> Result<(), PoolError> {
        who.require(Permission::ProxyWrite)?;
        if !self.ports.store.delete_pool(who.owner(), id).await? {
            return Err(PoolError::NotFound);
        }
        self.live.forget(id);
        self.tell(id).await;
        Ok(())
    }
}
