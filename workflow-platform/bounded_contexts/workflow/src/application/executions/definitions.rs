//! Definitions as executions need them, served by the use cases of definitions.

use std::sync::Arc;

use async_trait::async_trait;
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
        Ok(found.map(|(row, definition)| Runnable { id: row.id, version: row.version, definition }))
    }

    async fn named(&self, owner: Owner, name: &str) -> Result<Option<Uuid>, StoreError> {
        Ok(Self::named(self, owner, name).await?)
    }

    async fn version(&self, id: Uuid, version: u32) -> Result<Option<Arc<Definition>>, StoreError> {
        Ok(Self::version(self, id, version).await?)
    }
}
