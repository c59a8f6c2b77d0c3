//! The audit log, for those who read it.

use async_trait::async_trait;
use serde_json::Value;
use shared_kernel::{
    domain::{
        ActorKind, Audit, AuditOutcome, AuditTarget, Id, Origin, Page, PageRequest, Timestamp,
        User as UserMark,
    },
    infrastructure::db::UnitOfWork,
};
use uuid::Uuid;

use super::StoreError;

/// Which entries are listed.
#[derive(Debug, Clone, Default)]
pub struct AuditFilter {
    pub actor: Option<Id<UserMark>>,
    /// Whose account it is about.
    pub user: Option<Id<UserMark>>,
    pub action: Option<String>,
    /// Id of what it was done to.
    pub target: Option<String>,
    pub outcome: Option<AuditOutcome>,
    pub request_id: Option<String>,
    /// At this time or later.
    pub from: Option<Timestamp>,
    /// Before this time.
    pub to: Option<Timestamp>,
}

/// Somebody in an entry, with the name they have today.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    pub id: Id<UserMark>,
    /// `None` when there is no such user any more.
    pub username: Option<String>,
}

/// An entry as it is read.
#[derive(Debug, Clone, PartialEq)]
pub struct AuditLine {
    pub id: Id<Audit>,
    pub at: Timestamp,
    pub actor_kind: ActorKind,
    pub actor: Option<Named>,
    pub api_key: Option<Uuid>,
    pub action: String,
    pub user: Option<Named>,
    pub target: Option<AuditTarget>,
    pub outcome: AuditOutcome,
    pub reason: Option<String>,
    pub origin: Origin,
    pub details: Value,
}

/// The audit log at rest. Entries are added by the kernel's unit of work and its queue.
#[async_trait]
pub trait AuditStore: Send + Sync {
    /// The newest first.
    async fn lines(
        &self,
        filter: &AuditFilter,
        page: PageRequest,
    ) -> Result<Page<AuditLine>, StoreError>;

    /// Forgets where somebody who is deleted was and what is said of them; what was done stays.
    async fn make_anonymous(
        &self,
        work: &mut UnitOfWork,
        user: Id<UserMark>,
    ) -> Result<(), StoreError>;

    /// Removes up to `limit` entries from before `before`.
    async fn remove_old_entries(&self, before: Timestamp, limit: u32) -> Result<u64, StoreError>;
}
