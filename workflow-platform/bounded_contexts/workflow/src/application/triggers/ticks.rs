//! The ledger of a trigger: every due time and what became of it.

use shared_kernel::{
    application::Principal,
    domain::{Page, PageRequest, Permission},
};
use uuid::Uuid;

use super::{Tick, TriggerService};
use crate::application::executions::ExecutionsError;

impl TriggerService {
    /// The newest first.
    pub async fn ticks(
        &self,
        who: &Principal,
        id: Uuid,
        page: PageRequest,
    ) -> Result<Page<Tick>, ExecutionsError> {
        who.require(Permission::WorkflowRead)?;
        let row = self.owned(who, id).await?;
        Ok(self.ports.store.ticks(row.id, page).await?)
    }
}
