//! Accounts that are about to go, and those that are gone.

use async_trait::async_trait;
use shared_kernel::{
    domain::{Id, Timestamp, User as UserMark},
    infrastructure::db::UnitOfWork,
};

use super::StoreError;
use crate::domain::{EmailAddress, User, Username};

/// What stands in the place of somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Anonymous {
    pub username: Username,
    pub email: EmailAddress,
}

/// Accounts that are about to go, and those that are gone.
#[async_trait]
pub trait LeavingStore: Send + Sync {
    /// Marks an active account; false when it is not active, or nobody else is an active super
    /// administrator, also under races.
    async fn mark(
        &self,
        work: &mut UnitOfWork,
        id: Id<UserMark>,
        delete_at: Timestamp,
    ) -> Result<bool, StoreError>;

    /// Makes a marked account active again; false when it is not marked.
    async fn unmark(&self, work: &mut UnitOfWork, id: Id<UserMark>) -> Result<bool, StoreError>;

    /// When a marked account is to go.
    async fn delete_at(&self, id: Id<UserMark>) -> Result<Option<Timestamp>, StoreError>;

    /// Marked accounts whose time has come, the first first.
    async fn due(&self, now: Timestamp, limit: u32) -> Result<Vec<User>, StoreError>;

    /// Makes the account nobody's: name and address replaced, password void, status deleted, and
    /// everything gone that could let somebody in. False when it was so before, or nobody else is
    /// an active super administrator, also under races.
    async fn erase(
        &self,
        work: &mut UnitOfWork,
        user: &User,
        anonymous: &Anonymous,
    ) -> Result<bool, StoreError>;
}
