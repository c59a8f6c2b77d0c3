//! Saves the next version of a definition.

use shared_kernel::{application::Principal, domain::Permission};
use uuid::Uuid;

use super::{DefinitionRow, DefinitionService, DefinitionsError, Draft, NewVersion, create::named};

/// A draft, and what is to be said of the version it becomes.
#[derive(Debug, Clone, PartialEq)]
pub struct Revision {
    pub draft: Draft,
    /// The version it was made from; it is refused when there is a newer one. Unless given, the
    /// newest.
    pub from: Option<u32>,
    pub message: Option<String>,
}

impl From<Draft> for Revision {
    fn from(draft: Draft) -> Self {
        Self { draft, from: None, message: None }
    }
}

impl DefinitionService {
    /// Content that is there already makes no version.
    pub async fn update(
        &self,
        who: &Principal,
        id: Uuid,
        revision: impl Into<Revision>,
    ) -> Result<DefinitionRow, DefinitionsError> {
        who.require(Permission::WorkflowWrite)?;
        let Revision { draft, from, message } = revision.into();
        let found = self.ports.store.find(who.owner(), id).await?;
        let row = found.ok_or(DefinitionsError::NotFound)?;
        if from.is_some_and(|from| from != row.version) {
            return Err(DefinitionsError::Changed);
        }
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
        self.write(NewVersion { row, content, message }).await
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
