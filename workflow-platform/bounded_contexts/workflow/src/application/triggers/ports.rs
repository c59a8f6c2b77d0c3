//! What triggers need from outside.

use std::collections::{HashMap, HashSet};

use async_trait::async_trait;
use shared_kernel::{
    domain::{Event, Execution, Id, Owner, Page, PageRequest, Timestamp},
    infrastructure::db::UnitOfWork,
};
use uuid::Uuid;

use crate::{
    application::executions::{StartExecution, StoreError},
    domain::definition::Trigger,
};

/// A trigger of a definition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TriggerRow {
    pub id: Uuid,
    pub owner: Owner,
    pub definition_id: Uuid,
    pub version: u32,
    pub spec: Trigger,
    pub paused: bool,
    /// The next tick that was not handled; absent when the schedule has come to its end.
    pub due_at: Option<Timestamp>,
    /// Of a webhook.
    pub hook: Option<Hook>,
}

impl TriggerRow {
    /// What it asks for each time.
    pub fn wanted(&self) -> StartExecution {
        StartExecution {
            definition_id: self.definition_id,
            params: self.spec.params.clone(),
            ..StartExecution::default()
        }
    }
}

/// A trigger and the name of its definition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedTrigger {
    pub row: TriggerRow,
    pub definition_name: String,
    pub created_at: Timestamp,
}

/// How a webhook is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hook {
    /// The last part of its address.
    pub token: String,
    /// Sealed; absent when calls are not signed.
    pub secret: Option<String>,
}

impl Hook {
    /// Where the secret of a trigger is sealed for.
    pub fn place(trigger: Uuid) -> String {
        format!("workflow_triggers/{trigger}/hook_secret")
    }
}

/// What became of a tick.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = TickOutcome)]
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
    /// Somebody asked for it afterwards.
    Backfilled,
}

impl Outcome {
    /// Of a tick that is due: it starts an execution.
    pub const fn starts(self) -> bool {
        matches!(self, Self::Ran | Self::Late)
    }

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ran => "ran",
            Self::Late => "late",
            Self::Skipped => "skipped",
            Self::Coalesced => "coalesced",
            Self::Refused => "refused",
            Self::Backfilled => "backfilled",
        }
    }

    const ALL: [Self; 6] =
        [Self::Ran, Self::Late, Self::Skipped, Self::Coalesced, Self::Refused, Self::Backfilled];

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.as_str() == text)
    }
}

/// One due time of one trigger, of which there is exactly one row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tick {
    pub due_at: Timestamp,
    pub outcome: Outcome,
    pub detail: Option<String>,
    pub execution: Option<Id<Execution>>,
    /// What it came from, where that is no clock.
    pub event: Option<Id<Event>>,
}

/// Triggers that listen to events.
#[async_trait]
pub trait Listeners: Send + Sync {
    /// The owners who have any.
    async fn among(&self, owners: &HashSet<Owner>) -> Result<HashSet<Owner>, StoreError>;

    /// Those of the owner with one of the patterns that are not paused.
    async fn listening(
        &self,
        owner: Owner,
        patterns: &[String],
    ) -> Result<Vec<TriggerRow>, StoreError>;

    /// Locks a trigger until the end of the transaction. `false` when it is paused or gone, or
    /// when the event is in its ledger.
    async fn hold(
        &self,
        work: &UnitOfWork,
        trigger: Uuid,
        event: Id<Event>,
    ) -> Result<bool, StoreError>;

    /// Writes down what became of an event, at its time or, where another stands, right after.
    async fn note_event(
        &self,
        work: &UnitOfWork,
        trigger: Uuid,
        tick: Tick,
        at: Timestamp,
    ) -> Result<(), StoreError>;
}

/// Triggers and their ticks.
#[async_trait]
pub trait Triggers: Send + Sync {
    /// In the order of the definitions given, then of their triggers.
    async fn of(&self, owner: Owner, definitions: &[Uuid]) -> Result<Vec<TriggerRow>, StoreError>;

    /// All of the owner's with the names of their definitions, the newest first.
    async fn all(&self, owner: Owner, page: PageRequest) -> Result<Page<NamedTrigger>, StoreError>;

    async fn find(&self, owner: Owner, id: Uuid) -> Result<Option<TriggerRow>, StoreError>;

    /// The webhook with this address, whoever it belongs to.
    async fn by_token(&self, token: &str) -> Result<Option<TriggerRow>, StoreError>;

    /// Stops a trigger, or lets it go on at `due_at`.
    async fn set_paused(
        &self,
        owner: Owner,
        id: Uuid,
        paused: bool,
        due_at: Option<Timestamp>,
    ) -> Result<(), StoreError>;

    /// What became of a trigger's ticks, the newest first. The cursor's time is that of the tick.
    async fn ticks(&self, trigger: Uuid, page: PageRequest) -> Result<Page<Tick>, StoreError>;

    /// What became of the ticks of a range, both ends included: of the newest `most` of each
    /// trigger, in order. A trigger without any is left out.
    async fn between(
        &self,
        triggers: &[Uuid],
        from: Timestamp,
        to: Timestamp,
        most: usize,
    ) -> Result<HashMap<Uuid, Vec<Tick>>, StoreError>;

    /// Those of these ticks that started an execution.
    async fn started(
        &self,
        trigger: Uuid,
        ticks: &[Timestamp],
    ) -> Result<HashSet<Timestamp>, StoreError>;

    /// Writes down that somebody asked for a tick. `false` when it had started an execution.
    async fn make_up(
        &self,
        work: &UnitOfWork,
        trigger: Uuid,
        tick: &Tick,
        at: Timestamp,
    ) -> Result<bool, StoreError>;

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
