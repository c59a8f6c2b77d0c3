//! Looks definitions up.

use std::sync::Arc;

use shared_kernel::{
    application::Principal,
    domain::{Owner, Permission},
};
use uuid::Uuid;

use super::{DefinitionRow, DefinitionService, DefinitionsError, VersionRow};
use crate::domain::definition::{Definition, parse_stored};

impl DefinitionService {
    /// A definition with the content of its newest version.
    pub async fn show(
        &self,
        who: &Principal,
        id: Uuid,
    ) -> Result<(DefinitionRow, VersionRow), DefinitionsError> {
        who.require(Permission::WorkflowRead)?;
        let row =
            self.ports.store.find(who.owner(), id).await?.ok_or(DefinitionsError::NotFound)?;
        let content = self.ports.store.version(id, row.version).await?;
        Ok((row, content.ok_or(DefinitionsError::NotFound)?))
    }

    /// The newest version, ready to run.
    pub async fn newest(
        &self,
        owner: Owner,
        id: Uuid,
    ) -> Result<Option<(DefinitionRow, Arc<Definition>)>, DefinitionsError> {
        let Some(row) = self.ports.store.find(owner, id).await? else { return Ok(None) };
        let definition = self.version(id, row.version).await?;
        Ok(definition.map(|definition| (row, definition)))
    }

    /// The id of the owner's definition of a name.
    pub async fn named(&self, owner: Owner, name: &str) -> Result<Option<Uuid>, DefinitionsError> {
        Ok(self.ports.store.named(owner, name).await?)
    }

    /// A version, ready to run, whether or not its definition was deleted. Ask `newest` or the
    /// execution first whose it is.
    pub async fn version(
        &self,
        id: Uuid,
        version: u32,
    ) -> Result<Option<Arc<Definition>>, DefinitionsError> {
        if let Some(found) = self.compiled.get(&(id, version)) {
            return Ok(Some(found));
        }
        let Some(content) = self.ports.store.version(id, version).await? else { return Ok(None) };
        let compiled = self.ports.cpu.run(move || parse_stored(&content.model)).await?;
        let definition = Arc::new(compiled.map_err(DefinitionsError::Invalid)?);
        self.compiled.insert((id, version), Arc::clone(&definition));
        Ok(Some(definition))
    }
}
