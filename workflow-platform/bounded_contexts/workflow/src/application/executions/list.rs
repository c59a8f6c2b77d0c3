//! Lists executions.

use shared_kernel::{
    application::Principal,
    domain::{Page, PageRequest, Permission},
};

use super::{ExecutionFilter, ExecutionRow, ExecutionService, ExecutionsError};

impl ExecutionService {
    /// The caller's executions, newest first.
    pub async fn list(
        &self,
        who: &Principal,
        filter: ExecutionFilter,
        page: PageRequest,
    ) -> Result<Page<ExecutionRow>, ExecutionsError> {
        who.require(Permission::WorkflowRead)?;
        Ok(self.ports.store.list(who.owner(), filter, page).await?)
    }
}
