//! Looks decisions up.

use shared_kernel::{
    application::Principal,
    domain::{Page, PageRequest, Permission},
};

use super::{HostsError, HostsModule};
use crate::domain::host::{HostName, HostRule};

impl HostsModule {
    /// The newest first.
    pub async fn list(
        &self,
        who: &Principal,
        page: PageRequest,
    ) -> Result<Page<HostRule>, HostsError> {
        who.require(Permission::SystemRead)?;
        Ok(self.store.list(page).await?)
    }

    pub async fn show(&self, who: &Principal, host: &str) -> Result<HostRule, HostsError> {
        who.require(Permission::SystemRead)?;
        // What cannot be a host is one about which nothing is decided.
        let host: HostName = host.parse().map_err(|_| HostsError::NotFound)?;
        self.store.find(host.as_str()).await?.ok_or(HostsError::NotFound)
    }
}
