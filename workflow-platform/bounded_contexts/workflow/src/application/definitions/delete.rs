//! Deletes a definition; its versions stay for the executions that used them.

use shared_kernel::{application::Principal, domain::Permission};
use uuid::Uuid;

use super::{DefinitionService, DefinitionsError};

impl DefinitionService {
    pub async fn delete(&self, who: &Principal, id: Uuid) -> Result<(), DefinitionsError> {
        who.require(Permission::WorkflowWrite)?;
        let owner = who.owner();
        let row = self.ports.store.find(owner, id).await?.ok_or(DefinitionsError::NotFound)?;
        let now = self.ports.ambient.now();
        let mut work = self.ports.database.begin().await?;
        if !self.ports.store.delete(&mut work, owner, id, now).await? {
            return Err(DefinitionsError::NotFound);
        }
        self.ports.triggers.replace(&mut work, owner, id, row.version, &[], now).await?;
        work.record(&self.event("workflow.definition.deleted", &row)).await?;
        Ok(work.commit().await?)
    }
}
