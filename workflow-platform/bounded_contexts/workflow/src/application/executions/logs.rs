//! Reads the log of an execution.

use shared_kernel::{
    application::Principal,
    domain::{Execution, Id, Page, PageRequest, Permission},
};

use super::{ExecutionService, ExecutionsError, LogFilter, LogLine};

impl ExecutionService {
    /// Lines of one execution's log, oldest first.
    pub async fn logs(
        &self,
        who: &Principal,
        id: Id<Execution>,
        filter: &LogFilter,
        page: PageRequest,
    ) -> Result<Page<LogLine>, ExecutionsError> {
        who.require(Permission::WorkflowRead)?;
        let found = self.ports.store.find(who.owner(), id).await?;
        found.ok_or(ExecutionsError::NotFound)?;
        Ok(self.ports.store.logs(id, filter, page).await?)
    }
}
