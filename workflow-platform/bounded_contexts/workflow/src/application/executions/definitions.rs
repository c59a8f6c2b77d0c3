//! Definitions as executions need them, served by the use cases of definitions.

use std::sync::Arc;

use async_trait::async_trait;
use serde_json::Value;
use shared_kernel::domain::Owner;
use uuid::Uuid;

use super::{DefinitionSource, Runnable, StoreError};
use crate::{
    application::definitions::{DefinitionService, DefinitionsError},
    domain::definition::Definition,
};

impl From<DefinitionsError> for StoreError {
    fn from(error: DefinitionsError) -> Self {
        Self::Definitions(Box::new(error))
    }
}

#[async_trait]
impl DefinitionSource for DefinitionService {
    async fn newest(&self, owner: Owner, id: Uuid) -> Result<Option<Runnable>, StoreError> {
        let found = Self::newest(self, owner, id).await?;
        let Some((row, definition)) = found else { return Ok(None) };
        let vars = self.vars(owner, &definition).await?;
        Ok(Some(Runnable { id: row.id, version: row.version, definition, vars }))
    }

    async fn vars(&self, owner: Owner, definition: &Definition) -> Result<Value, StoreError> {
        self.vault().variables(owner, &definition.variables).await
    }

    async fn named(&self, owner: Owner, name: &str) -> Result<Option<Uuid>, StoreError> {
        Ok(Self::named(self, owner, name).await?)
    }

    async fn version(&self, id: Uuid, version: u32) -> Result<Option<Arc<Definition>>, StoreError> {
        Ok(Self::version(self, id, version).await?)
    }
}
