//! Lists somebody's definitions.

use shared_kernel::{
    application::Principal,
    domain::{Page, PageRequest, Permission, Timestamp},
};

use super::{DefinitionRow, DefinitionService, DefinitionsError};

impl DefinitionService {
    /// Newest first.
    pub async fn list(
        &self,
        who: &Principal,
        page: PageRequest,
    ) -> Result<Page<DefinitionRow>, DefinitionsError> {
        who.require(Permission::WorkflowRead)?;
        Ok(self.ports.store.list(who.owner(), page).await?)
    }

    /// For the times until the next tick.
    pub fn now(&self) -> Timestamp {
        self.ports.ambient.now()
    }
}
