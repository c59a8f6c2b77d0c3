//! What statistics need from outside.

use async_trait::async_trait;
use shared_kernel::{
    domain::{Owner, Timestamp},
    infrastructure::db::UnitOfWork,
};

use crate::{application::executions::StoreError, domain::execution::Status};

/// How many executions of an hour came to a state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ends {
    /// The beginning of the hour, in UTC.
    pub hour: Timestamp,
    pub status: Status,
    pub count: u64,
}

/// Ends of executions, counted by the hour, so that nobody counts executions to show them.
#[async_trait]
pub trait EndCounts: Send + Sync {
    /// Counts one.
    async fn count(
        &self,
        work: &mut UnitOfWork,
        owner: Owner,
        at: Timestamp,
        status: Status,
    ) -> Result<(), StoreError>;

    /// Those of hours that begin at or after `from` and before `before`, in their order.
    async fn between(
        &self,
        owner: Owner,
        from: Timestamp,
        before: Timestamp,
    ) -> Result<Vec<Ends>, StoreError>;

    /// Executions that have not ended, up to `most` of them, by the hour in which they were asked
    /// for, which is not before `from`.
    async fn under_way(
        &self,
        owner: Owner,
        from: Timestamp,
        most: u64,
    ) -> Result<Vec<Ends>, StoreError>;
}
