//! What the audit looks at, and what it may find.

use async_trait::async_trait;
use shared_kernel::domain::{Execution, Id, Timestamp};
use uuid::Uuid;

use crate::{
    application::executions::{StoreError, StoredSnapshot},
    domain::execution::Status,
};

/// What must always hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Invariant {
    /// An execution that has not ended is in the queue, waits for a time, is leased, or waits for
    /// a letter that may come.
    Owned,
    /// Whoever holds a lease gives signs of life, or others have taken it over.
    LeaseAlive,
    /// Nothing sleeps past its time.
    TimerFired,
    /// No tick stays due.
    TickHandled,
    /// No more executions with a key run than its limit allows.
    LimitKept,
    /// Events are numbered from 1 without gaps.
    JournalGapless,
    /// The row says what the journal says.
    ProjectionTrue,
    /// The snapshot says what the events up to it say.
    SnapshotTrue,
}

impl Invariant {
    pub const ALL: [Self; 8] = [
        Self::Owned,
        Self::LeaseAlive,
        Self::TimerFired,
        Self::TickHandled,
        Self::LimitKept,
        Self::JournalGapless,
        Self::ProjectionTrue,
        Self::SnapshotTrue,
    ];

    /// The label of the metric.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Owned => "owned",
            Self::LeaseAlive => "lease_alive",
            Self::TimerFired => "timer_fired",
            Self::TickHandled => "tick_handled",
            Self::LimitKept => "limit_kept",
            Self::JournalGapless => "journal_gapless",
            Self::ProjectionTrue => "projection_true",
            Self::SnapshotTrue => "snapshot_true",
        }
    }
}

/// Something that does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    pub invariant: Invariant,
    /// The execution, trigger or key it is about.
    pub subject: String,
    pub detail: String,
}

/// An execution as its row has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Audited {
    pub id: Id<Execution>,
    pub definition_id: Uuid,
    pub version: u32,
    pub status: Status,
    /// Neither in the queue nor waiting for a time nor leased, with no letter unread.
    pub is_at_rest: bool,
    /// Changes with each claim.
    pub epoch: i64,
    /// Of its journal.
    pub events: i64,
    pub last_seq: i64,
}

/// The tables as the audit needs them. Nothing is changed.
#[async_trait]
pub trait AuditStore: Send + Sync {
    /// What can be told from the rows alone, up to a hundred of each kind. What happened after
    /// `late` is given time.
    async fn overdue(&self, late: Timestamp) -> Result<Vec<Finding>, StoreError>;

    /// Executions in the order of their ids.
    async fn page(
        &self,
        after: Option<Id<Execution>>,
        limit: u32,
    ) -> Result<Vec<Audited>, StoreError>;

    /// The newest snapshot of an execution, when it has one that this program can read.
    async fn snapshot(&self, id: Id<Execution>) -> Result<Option<StoredSnapshot>, StoreError>;

    async fn again(&self, id: Id<Execution>) -> Result<Option<Audited>, StoreError>;
}
