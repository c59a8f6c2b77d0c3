//! Lists secrets, without their values, and variables.

use shared_kernel::{
    application::Principal,
    domain::{Page, PageRequest, Permission},
};

use super::{Entry, VaultError, VaultService};
use crate::domain::vault::EntryKind;

impl VaultService {
    /// Newest first.
    pub async fn list(
        &self,
        who: &Principal,
        kind: EntryKind,
        page: PageRequest,
    ) -> Result<Page<Entry>, VaultError> {
        who.require(Permission::WorkflowRead)?;
        Ok(self.ports.store.list(who.owner(), kind, page).await?)
    }

    /// One by its name.
    pub async fn show(
        &self,
        who: &Principal,
        kind: EntryKind,
        name: &str,
    ) -> Result<Entry, VaultError> {
        who.require(Permission::WorkflowRead)?;
        let found = self.ports.store.find(who.owner(), kind, &name.parse()?).await?;
        found.ok_or(VaultError::NotFound(kind))
    }
}
