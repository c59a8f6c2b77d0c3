//! Verification codes at rest.

use async_trait::async_trait;
use shared_kernel::{
    domain::{Id, Timestamp, User as UserMark},
    infrastructure::db::UnitOfWork,
};

use super::StoreError;
use crate::domain::{CodeId, CodePurpose, EmailAddress};

/// Whose code it is. Codes of different ones do not touch each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeScope {
    pub email: EmailAddress,
    pub purpose: CodePurpose,
    /// Who asked for it, when signed in.
    pub user: Option<Id<UserMark>>,
}

impl CodeScope {
    /// Of a code that is asked for without signing in.
    pub const fn open_to_all(email: EmailAddress, purpose: CodePurpose) -> Self {
        Self { email, purpose, user: None }
    }
}

/// A code to be stored.
#[derive(Debug, Clone)]
pub struct NewCode {
    pub id: CodeId,
    pub scope: CodeScope,
    pub hash: Vec<u8>,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
}

/// A code that may be compared with what somebody typed.
#[derive(Debug, Clone)]
pub struct OpenCode {
    pub id: CodeId,
    pub hash: Vec<u8>,
}

/// Codes at rest. A scope has one at a time; a new one takes the place of the old.
#[async_trait]
pub trait CodeStore: Send + Sync {
    /// `None` when stored; otherwise when the address got its last one of the purpose's pace, which
    /// is too recent (later than `last_before`).
    async fn issue(
        &self,
        work: &mut UnitOfWork,
        code: &NewCode,
        last_before: Timestamp,
    ) -> Result<Option<Timestamp>, StoreError>;

    /// Counts one attempt, durably, and gives the code if it may still be tried.
    async fn attempt(
        &self,
        scope: &CodeScope,
        now: Timestamp,
    ) -> Result<Option<OpenCode>, StoreError>;

    /// Takes an attempt back that was right, but came to nothing for another reason.
    async fn forgive(&self, code: CodeId) -> Result<(), StoreError>;

    /// Uses the code up; false when somebody else just did.
    async fn use_up(
        &self,
        work: &mut UnitOfWork,
        code: CodeId,
        now: Timestamp,
    ) -> Result<bool, StoreError>;

    /// Removes up to `limit` codes that ended before `before`.
    async fn remove_old(&self, before: Timestamp, limit: u32) -> Result<u64, StoreError>;
}
