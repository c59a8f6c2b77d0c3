//! Cancels an execution.

use shared_kernel::{
    application::Principal,
    domain::{Execution, Id, Owner, Permission},
};

use super::{ExecutionRow, ExecutionService, ExecutionsError};

impl ExecutionService {
    /// Asks for the end of an execution; asking again stops its cleaning up as well.
    pub async fn cancel(
        &self,
        who: &Principal,
        id: Id<Execution>,
    ) -> Result<ExecutionRow, ExecutionsError> {
        who.require(Permission::WorkflowRun)?;
        self.cancel_for(who.owner(), id).await
    }

    /// As `cancel`, for an owner whom the caller has made sure of.
    pub async fn cancel_for(
        &self,
        owner: Owner,
        id: Id<Execution>,
    ) -> Result<ExecutionRow, ExecutionsError> {
        let store = &self.ports.store;
        let taken = store.request_cancel(owner, id, self.ports.ambient.now()).await?;
        let row = store.find(owner, id).await?.ok_or(ExecutionsError::NotFound)?;
        if !taken {
            return Err(ExecutionsError::Ended);
        }
        self.ports.doorbell.cancel_wanted(id).await;
        Ok(row)
    }
}
