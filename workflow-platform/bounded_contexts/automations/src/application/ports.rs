//! What the use cases need from elsewhere.

use async_trait::async_trait;
use serde_json::Value;
use shared_kernel::{
    domain::{
        Cursor, DomainEvent, Event, Execution, Id, IdempotencyKey, Locale, Owner, Page,
        PageRequest, Timestamp, User,
    },
    infrastructure::db::UnitOfWork,
};
use uuid::Uuid;

use super::{Round, StoreError};
use crate::domain::{Automation, Firing, Notification, Rule, Timetable};

/// A rule in the store.
#[derive(Debug, Clone, PartialEq)]
pub struct AutomationRow {
    pub id: Id<Automation>,
    pub owner: Owner,
    pub rule: Rule,
    /// Of which rule of the house it was made.
    pub preset: Option<String>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    /// When it fires next, or is to miss its event.
    pub due_at: Option<Timestamp>,
    pub fired_at: Option<Timestamp>,
    /// How often it fired.
    pub fired: u64,
    /// Events left out since it last fired, while it rested or was held back.
    pub left_out: u64,
}

/// Rules. Somebody else's do not exist.
#[async_trait]
pub trait AutomationStore: Send + Sync {
    /// False when the owner has as many as `most` already.
    async fn insert(&self, row: &AutomationRow, most: u32) -> Result<bool, StoreError>;
    /// Keeps a rule of the house, unless the owner has it.
    async fn give(&self, work: &UnitOfWork, row: &AutomationRow) -> Result<(), StoreError>;
    /// How far the rules of the house have been given to all, by name.
    async fn rounds(&self) -> Result<Vec<(String, Round)>, StoreError>;
    /// Of one of them, locked until the end of the transaction.
    async fn hold_round(&self, work: &UnitOfWork, preset: &str) -> Result<Round, StoreError>;
    async fn advance(
        &self,
        work: &UnitOfWork,
        preset: &str,
        round: &Round,
    ) -> Result<(), StoreError>;
    /// Writes rule, time of change and when it is due; false when it is gone.
    async fn replace(&self, row: &AutomationRow) -> Result<bool, StoreError>;
    async fn delete(&self, owner: Owner, id: Id<Automation>) -> Result<bool, StoreError>;
    async fn find(
        &self,
        owner: Owner,
        id: Id<Automation>,
    ) -> Result<Option<AutomationRow>, StoreError>;
    /// The newest first.
    async fn list(
        &self,
        owner: Owner,
        page: PageRequest,
    ) -> Result<Page<AutomationRow>, StoreError>;
    /// Enabled rules of the owners.
    async fn listening(&self, owners: &[Owner]) -> Result<Vec<AutomationRow>, StoreError>;
    /// The rule, locked until the end of the transaction; `None` when it is gone or disabled.
    async fn hold(
        &self,
        work: &UnitOfWork,
        id: Id<Automation>,
    ) -> Result<Option<AutomationRow>, StoreError>;
    /// Some enabled rules that are due, the longest first.
    async fn due(&self, now: Timestamp, most: u32) -> Result<Vec<AutomationRow>, StoreError>;
    /// Writes when it is due next.
    async fn set_due(
        &self,
        work: &UnitOfWork,
        id: Id<Automation>,
        due_at: Option<Timestamp>,
    ) -> Result<(), StoreError>;
    /// The event it may miss came: it is due later, unless it is already.
    async fn heard(&self, id: Id<Automation>, due_at: Timestamp) -> Result<(), StoreError>;
    /// Notes that it fired.
    async fn fired(
        &self,
        work: &UnitOfWork,
        id: Id<Automation>,
        at: Timestamp,
    ) -> Result<(), StoreError>;
    /// Notes that an event was left out.
    async fn left_out(&self, work: &UnitOfWork, id: Id<Automation>) -> Result<(), StoreError>;
}

/// What came of rules.
#[async_trait]
pub trait FiringStore: Send + Sync {
    /// Whether the rule has answered the event before.
    async fn answered(
        &self,
        work: &UnitOfWork,
        automation: Id<Automation>,
        event: Id<Event>,
    ) -> Result<bool, StoreError>;
    /// Counts an event once in its group, and tells how many there are since then.
    async fn count(
        &self,
        work: &UnitOfWork,
        hit: &Hit,
        since: Timestamp,
    ) -> Result<u32, StoreError>;
    /// Begins to count anew.
    async fn forget_counted(
        &self,
        work: &UnitOfWork,
        automation: Id<Automation>,
        group: &str,
    ) -> Result<(), StoreError>;
    /// How often the rule fired since then, and whether it was held back.
    async fn since(
        &self,
        work: &UnitOfWork,
        automation: Id<Automation>,
        since: Timestamp,
    ) -> Result<(u32, bool), StoreError>;
    async fn insert(&self, work: &UnitOfWork, firing: &Firing) -> Result<(), StoreError>;
    async fn find(&self, id: Id<Firing>) -> Result<Option<Firing>, StoreError>;
    /// Writes state, outcomes, attempts and end.
    async fn save(&self, firing: &Firing) -> Result<(), StoreError>;
    /// Of one rule, the newest first.
    async fn list(
        &self,
        owner: Owner,
        automation: Id<Automation>,
        page: PageRequest,
    ) -> Result<Page<Firing>, StoreError>;
    /// Removes some of what is older; tells how many rows.
    async fn prune(&self, before: Timestamp, most: u32) -> Result<u64, StoreError>;
}

/// One event that a threshold counts.
#[derive(Debug, Clone)]
pub struct Hit {
    pub automation: Id<Automation>,
    pub event: Id<Event>,
    pub group: String,
    pub at: Timestamp,
}

/// Notes for people.
#[async_trait]
pub trait NotificationStore: Send + Sync {
    /// Once, however often the same is put.
    async fn put(&self, owner: Owner, notification: &Notification) -> Result<(), StoreError>;
    /// The newest first.
    async fn list(
        &self,
        owner: Owner,
        unread: bool,
        page: PageRequest,
    ) -> Result<Page<Notification>, StoreError>;
    /// Those after the cursor, the oldest first.
    async fn after(
        &self,
        owner: Owner,
        after: Cursor,
        most: u32,
    ) -> Result<Vec<Notification>, StoreError>;
    /// Up to `most`.
    async fn unread(&self, owner: Owner, most: u32) -> Result<u32, StoreError>;
    /// False when there is none of the id. Reading twice keeps the first time.
    async fn read(
        &self,
        owner: Owner,
        id: Id<Notification>,
        at: Timestamp,
    ) -> Result<bool, StoreError>;
    async fn read_all(&self, owner: Owner, at: Timestamp) -> Result<u64, StoreError>;
    /// Removes some of what is older; tells how many.
    async fn prune(&self, before: Timestamp, most: u32) -> Result<u64, StoreError>;
}

/// What happened lately, as it is kept for delivery.
#[async_trait]
pub trait RecentEvents: Send + Sync {
    /// The owner's latest `most`, the newest first, among the latest of the whole platform.
    async fn latest(&self, owner: Owner, most: u32) -> Result<Vec<DomainEvent>, StoreError>;
}

/// What expressions see.
#[derive(Debug, Clone)]
pub struct Facts {
    pub trigger: Value,
    pub now: Timestamp,
}

/// The expressions of workflows, over `trigger` and `now`.
pub trait Expressions: Send + Sync {
    /// One whole expression, such as a condition.
    fn check(&self, expression: &str) -> Result<(), String>;
    /// Expressions in the texts of a value: the path to each that is wrong, and why.
    fn check_template(&self, template: &Value) -> Vec<(String, String)>;
    fn evaluate(&self, expression: &str, facts: &Facts) -> Result<Value, String>;
    fn fill(&self, template: &Value, facts: &Facts) -> Result<Value, String>;
}

/// A timetable cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadTimetable {
    #[error("{0}")]
    Cron(String),
    #[error("is no IANA time zone such as Asia/Shanghai")]
    Timezone,
}

/// The timetables of workflows.
pub trait Schedules: Send + Sync {
    /// `None` when there is no such time any more.
    fn next_after(
        &self,
        timetable: &Timetable,
        after: Timestamp,
    ) -> Result<Option<Timestamp>, BadTimetable>;
}

/// Why something was not done.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// No attempt will succeed.
    #[error("{0}")]
    Lasting(String),
    /// A later one may.
    #[error("it cannot be done now")]
    Passing(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// A run that is asked for.
#[derive(Debug, Clone)]
pub struct Deed {
    pub definition: Uuid,
    pub params: Value,
    /// The same run for the same key.
    pub key: IdempotencyKey,
    pub trigger: Value,
    pub depth: u32,
}

/// What rules do with workflows, in their owner's name.
#[async_trait]
pub trait Workflows: Send + Sync {
    async fn start(&self, owner: Owner, deed: Deed) -> Result<Id<Execution>, Refusal>;
    /// One that has ended already is fine.
    async fn cancel(&self, owner: Owner, execution: Id<Execution>) -> Result<(), Refusal>;
    async fn pause(&self, owner: Owner, trigger: Uuid) -> Result<(), Refusal>;
    /// How many executions led to it; `None` when there is none of the id.
    async fn depth_of(
        &self,
        owner: Owner,
        execution: Id<Execution>,
    ) -> Result<Option<u32>, Refusal>;
}

/// How somebody is reached.
#[derive(Debug, Clone)]
pub struct Contact {
    pub email: String,
    pub locale: Locale,
}

#[async_trait]
pub trait People: Send + Sync {
    /// `None` for those who are gone.
    async fn contact(&self, user: Id<User>) -> Result<Option<Contact>, Refusal>;
    /// By id, those who are gone left out; empty at the end.
    async fn after(
        &self,
        user: Option<Id<User>>,
        most: u32,
    ) -> Result<Vec<(Id<User>, Locale)>, Refusal>;
}
