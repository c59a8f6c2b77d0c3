//! Has an execution that ended without success go on from where it failed.

use shared_kernel::{
    application::Principal,
    domain::{Execution, Id, Owner, Permission},
};

use super::{ExecutionRow, ExecutionService, ExecutionsError};

impl ExecutionService {
    /// The same execution goes on: results stay, what failed or never ran is run.
    pub async fn retry(
        &self,
        who: &Principal,
        id: Id<Execution>,
    ) -> Result<ExecutionRow, ExecutionsError> {
        who.require(Permission::WorkflowRun)?;
        self.retry_for(who.owner(), id).await
    }

    pub(super) async fn retry_for(
        &self,
        owner: Owner,
        id: Id<Execution>,
    ) -> Result<ExecutionRow, ExecutionsError> {
        let store = &self.ports.store;
        store.find(owner, id).await?.ok_or(ExecutionsError::NotFound)?;
        self.check_served(owner).await?;
        let mut work = self.ports.database.begin().await?;
        let Some(seq) = store.retry(&mut work, owner, id, self.ports.ambient.now()).await? else {
            work.roll_back().await?;
            return Err(ExecutionsError::NotFailed);
        };
        work.commit().await?;
        self.ports.doorbell.queued(id, seq).await;
        store.find(owner, id).await?.ok_or(ExecutionsError::NotFound)
    }
}
