//! What triggers need from outside.

use async_trait::async_trait;
use shared_kernel::{
    domain::{Execution, Id, Owner, Timestamp},
    infrastructure::db::UnitOfWork,
};
use uuid::Uuid;

use crate::{application::executions::StoreError, domain::definition::CronTrigger};

/// A trigger of a definition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TriggerRow {
    pub id: Uuid,
    pub owner: Owner,
    pub definition_id: Uuid,
    pub version: u32,
    pub spec: CronTrigger,
    pub paused: bool,
    /// The next tick that was not handled; absent when the schedule has come to its end.
    pub due_at: Option<Timestamp>,
}

/// What became of a tick.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Started an execution when it was due.
    Ran,
    /// Started one, but late.
    Late,
    /// Started none, as the trigger says.
    Skipped,
    /// A later tick ran for this one too.
    Coalesced,
    /// Wanted to start one and was not allowed to.
    Refused,
}

impl Outcome {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ran => "ran",
            Self::Late => "late",
            Self::Skipped => "skipped",
            Self::Coalesced => "coalesced",
            Self::Refused => "refused",
        }
    }
}

/// One due time of one trigger, of which there is exactly one row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tick {
    pub due_at: Timestamp,
    pub outcome: Outcome,
    pub detail: Option<String>,
    pub execution: Option<Id<Execution>>,
}

/// Triggers and their ticks.
#[async_trait]
pub trait Triggers: Send + Sync {
    /// In the order of the definitions given, then of their triggers.
    async fn of(&self, owner: Owner, definitions: &[Uuid]) -> Result<Vec<TriggerRow>, StoreError>;

    /// The trigger that is due first, whoever it belongs to.
    async fn first_due(&self) -> Result<Option<TriggerRow>, StoreError>;

    /// Locks a trigger until the end of the transaction. `false` when another process has it, or
    /// has handled it by now.
    async fn lock(&self, work: &UnitOfWork, seen: &TriggerRow) -> Result<bool, StoreError>;

    /// Writes a tick down. `false` when it was there already: then nothing may follow from it.
    async fn note(
        &self,
        work: &UnitOfWork,
        trigger: Uuid,
        tick: &Tick,
        at: Timestamp,
    ) -> Result<bool, StoreError>;

    /// Says when the trigger is due next.
    async fn advance(
        &self,
        work: &UnitOfWork,
        trigger: Uuid,
        due_at: Option<Timestamp>,
    ) -> Result<(), StoreError>;

    /// The trigger's executions that have not ended.
    async fn unfinished(
        &self,
        work: &UnitOfWork,
        trigger: &TriggerRow,
    ) -> Result<Vec<Id<Execution>>, StoreError>;

    /// Leaves the wish to cancel these.
    async fn cancel(
        &self,
        work: &UnitOfWork,
        executions: &[Id<Execution>],
        at: Timestamp,
    ) -> Result<(), StoreError>;
}
