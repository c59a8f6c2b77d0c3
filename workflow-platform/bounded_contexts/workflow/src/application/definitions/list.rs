//! Lists somebody's definitions.

use shared_kernel::{
    application::Principal,
    domain::{Page, PageRequest, Permission, Timestamp},
};

use super::{DefinitionRow, DefinitionService, DefinitionsError, Standing};

/// A definition and how it fares.
#[derive(Debug, Clone, PartialEq)]
pub struct Listed {
    pub row: DefinitionRow,
    pub standing: Standing,
}

impl DefinitionService {
    /// Newest first.
    pub async fn list(
        &self,
        who: &Principal,
        page: PageRequest,
    ) -> Result<Page<Listed>, DefinitionsError> {
        who.require(Permission::WorkflowRead)?;
        let rows = self.ports.store.list(who.owner(), page).await?;
        let ids: Vec<_> = rows.items.iter().map(|row| row.id).collect();
        let mut standings = self.ports.store.standings(&ids).await?;
        Ok(rows.map(|row| Listed { standing: standings.remove(&row.id).unwrap_or_default(), row }))
    }

    /// For the times until the next tick.
    pub fn now(&self) -> Timestamp {
        self.ports.ambient.now()
    }
}
