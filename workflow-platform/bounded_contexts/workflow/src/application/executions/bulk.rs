//! Cancels or retries many executions at once.

use shared_kernel::{
    application::Principal,
    domain::{Execution, Fault as _, Id, PageRequest, Permission, Text},
};

use super::{ExecutionFilter, ExecutionService, ExecutionsError};

/// What is done to each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BulkAction {
    Cancel,
    Retry,
}

/// Which executions are meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Chosen {
    Ids(Vec<Id<Execution>>),
    /// The newest [`PageRequest::MAX`] that fit.
    Fitting(ExecutionFilter),
}

/// One that was left as it is.
#[derive(Debug)]
pub struct BulkFailure {
    pub id: Id<Execution>,
    pub code: &'static str,
    pub text: Text,
}

/// What became of them.
#[derive(Debug)]
pub struct BulkOutcome {
    pub done: Vec<Id<Execution>>,
    pub failures: Vec<BulkFailure>,
    /// Further ones fit.
    pub more: bool,
}

impl ExecutionService {
    /// Each by itself: one that cannot be changed keeps nobody from changing the others.
    pub async fn change_many(
        &self,
        who: &Principal,
        action: BulkAction,
        chosen: Chosen,
    ) -> Result<BulkOutcome, ExecutionsError> {
        who.require(Permission::WorkflowRun)?;
        let (ids, more) = self.chosen(who, chosen).await?;
        let mut outcome = BulkOutcome { done: Vec::new(), failures: Vec::new(), more };
        for id in ids {
            let changed = match action {
                BulkAction::Cancel => self.cancel_for(who.owner(), id).await,
                BulkAction::Retry => self.retry_for(who.owner(), id).await,
            };
            match changed {
                Ok(_) => outcome.done.push(id),
                Err(error @ (ExecutionsError::Store(_) | ExecutionsError::Bus(_))) => {
                    return Err(error);
                }
                Err(error) => {
                    let (code, text) = (error.code(), error.text());
                    outcome.failures.push(BulkFailure { id, code, text });
                }
            }
        }
        Ok(outcome)
    }

    async fn chosen(
        &self,
        who: &Principal,
        chosen: Chosen,
    ) -> Result<(Vec<Id<Execution>>, bool), ExecutionsError> {
        let filter = match chosen {
            Chosen::Ids(ids) => return Ok((ids, false)),
            Chosen::Fitting(filter) => filter,
        };
        let page = PageRequest::first(PageRequest::MAX);
        let found = self.ports.store.list(who.owner(), filter, page).await?;
        let more = found.next_cursor.is_some();
        Ok((found.items.into_iter().map(|row| row.id).collect(), more))
    }
}
