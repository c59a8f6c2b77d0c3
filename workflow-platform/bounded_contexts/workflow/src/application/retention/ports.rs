//! What retention needs from outside.

use async_trait::async_trait;
use shared_kernel::domain::{Execution, Id, Owner, Timestamp};
use uuid::Uuid;

use crate::application::executions::StoreError;

/// An execution as a lap sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    pub id: Id<Execution>,
    pub owner: Owner,
    pub finished_at: Option<Timestamp>,
    /// Of its journal.
    pub bytes: i64,
}

/// The tables of executions and all that belongs to them.
#[async_trait]
pub trait RetentionStore: Send + Sync {
    /// Whether it is this process's turn until `until`: one laps at a time.
    async fn take_turn(&self, now: Timestamp, until: Timestamp) -> Result<bool, StoreError>;

    /// When a turn may be taken next.
    async fn end_turn(&self, next: Timestamp) -> Result<(), StoreError>;

    /// Executions before `before`, the newest first.
    async fn page(
        &self,
        before: Option<Id<Execution>>,
        limit: u32,
    ) -> Result<Vec<Kept>, StoreError>;

    /// Forgets these with everything that belongs to them, but for those that do not stand ended;
    /// answers how many. What they have in the blob store is noted as garbage.
    async fn forget(&self, ids: &[Id<Execution>], now: Timestamp) -> Result<u64, StoreError>;

    /// Groups of blobs that nothing refers to.
    async fn garbage(&self, limit: u32) -> Result<Vec<Uuid>, StoreError>;

    async fn garbage_gone(&self, groups: &[Uuid]) -> Result<(), StoreError>;

    /// Forgets ledger rows of ticks before `before`, a bounded number; answers how many.
    async fn forget_ticks(&self, before: Timestamp) -> Result<u64, StoreError>;

    /// Gives space that is not used any more back, a bounded amount, and makes room for what
    /// comes.
    async fn tidy(&self, now: Timestamp) -> Result<(), StoreError>;
}
