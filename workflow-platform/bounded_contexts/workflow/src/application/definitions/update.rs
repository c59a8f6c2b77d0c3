//! Saves the next version of a definition.

use shared_kernel::{application::Principal, domain::Permission};
use uuid::Uuid;

use super::{DefinitionRow, DefinitionService, DefinitionsError, Draft, NewVersion, create::named};

impl DefinitionService {
    /// Content that is there already makes no version.
    pub async fn update(
        &self,
        who: &Principal,
        id: Uuid,
        draft: Draft,
    ) -> Result<DefinitionRow, DefinitionsError> {
        who.require(Permission::WorkflowWrite)?;
        let found = self.ports.store.find(who.owner(), id).await?;
        let row = found.ok_or(DefinitionsError::NotFound)?;
        let (definition, content) = self.read(draft).await?;
        if self.ports.store.version(id, row.version).await?.as_ref() == Some(&content) {
            return Ok(row);
        }
        self.check_schedules(row.owner, &definition.triggers, &row.triggers).await?;
        let now = self.ports.ambient.now();
        let row = DefinitionRow {
            name: definition.name.clone(),
            version: row.version + 1,
            triggers: definition.triggers.clone(),
            updated_at: now,
            ..row
        };
        self.write(NewVersion { row, content }).await
    }

    async fn write(&self, new: NewVersion) -> Result<DefinitionRow, DefinitionsError> {
        let mut work = self.ports.database.begin().await?;
        let written = self.ports.store.add_version(&mut work, &new).await;
        if !written.map_err(|error| named(error, &new.row.name))? {
            return Err(DefinitionsError::Changed);
        }
        let NewVersion { row, .. } = new;
        let (id, version, at) = (row.id, row.version, row.updated_at);
        self.ports.triggers.replace(&mut work, row.owner, id, version, &row.triggers, at).await?;
        work.record(&self.event("workflow.definition.saved", &row)).await?;
        work.commit().await?;
        Ok(row)
    }
}
