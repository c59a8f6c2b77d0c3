//! What the use cases of executions need from outside.

use std::{collections::BTreeMap, sync::Arc};

use async_trait::async_trait;
use serde::Serialize;
use serde_json::Value;
use shared_kernel::{
    application::LogLevel,
    domain::{
        Execution, Id, IdempotencyKey, Owner, Page, PageRequest, Timestamp, TraceContext, User,
    },
    infrastructure::db::UnitOfWork,
};
use uuid::Uuid;

use crate::domain::{
    definition::Definition,
    execution::{
        Awaited, ExecutionError, Fragment, JournalEvent, Origin, Signal, Status, UnknownEvent,
    },
};

/// The store of executions could not serve.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("database failed")]
    Database(#[from] sea_orm::DbErr),
    #[error("payload could not be stored or read")]
    Blob(#[from] shared_kernel::application::BlobError),
    #[error("journal cannot be read")]
    Event(#[from] UnknownEvent),
    #[error("row holds {0}, which means nothing")]
    Row(String),
    #[error("value is not JSON")]
    Json(#[from] serde_json::Error),
    #[error("definitions cannot be read")]
    Definitions(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Labels that a person gave to an execution.
pub type Labels = BTreeMap<String, String>;

/// An execution about to exist.
#[derive(Debug, Clone)]
pub struct NewExecution {
    pub id: Id<Execution>,
    pub owner: Owner,
    pub definition_id: Uuid,
    pub definition_name: String,
    pub version: u32,
    pub params: Value,
    /// The owner's variables that it uses.
    pub vars: Value,
    pub labels: Labels,
    /// Higher goes first among the same user's.
    pub priority: i32,
    /// `{"kind": "manual"}`, `{"kind": "schedule", "due_at", "trigger_id"}`.
    pub trigger: Value,
    /// Executions of the owner with the same key run `limit` at a time.
    pub concurrency: Option<(String, u32)>,
    /// The execution that waits for its end.
    pub parent: Option<Id<Execution>>,
    /// How many executions started one another before it.
    pub depth: u32,
    /// Of a step that is spread, the item that it is.
    pub fragment: Option<Fragment>,
    pub created_at: Timestamp,
    /// The request that asked for it.
    pub request_id: Option<String>,
    /// What its steps are part of, whenever and wherever they run.
    pub trace: TraceContext,
}

/// Where a new execution is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Placed {
    /// In the queue; workers are to be told.
    Queued,
    /// This process's worker has it already.
    Taken,
}

/// The projection of an execution that lists show.
#[derive(Debug, Clone, PartialEq)]
pub struct ExecutionRow {
    pub id: Id<Execution>,
    pub owner: Owner,
    pub definition_id: Uuid,
    pub definition_name: String,
    pub version: u32,
    pub status: Status,
    pub labels: Labels,
    pub priority: i32,
    pub created_at: Timestamp,
    pub started_at: Option<Timestamp>,
    pub finished_at: Option<Timestamp>,
    pub error: Option<ExecutionError>,
    /// Somebody asked for the end and it has not been taken in yet.
    pub cancel_requested: bool,
    /// When its timer is due, while no worker has it.
    pub wake_at: Option<Timestamp>,
    /// Whether a worker has it now.
    pub leased: bool,
    /// Executions of the owner with the same key run so many at a time.
    pub concurrency: Option<(String, u32)>,
    /// The execution that waits for its end.
    pub parent: Option<Id<Execution>>,
    /// How many executions started one another before it.
    pub depth: u32,
    /// What started it; `None` of an old one whose journal begins with too much to tell.
    pub origin: Option<Origin>,
    /// It is an item of a step that is spread.
    pub is_fragment: bool,
    /// Who waits for a signal.
    pub awaits: Option<Awaited>,
}

/// One row of the journal.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredEvent {
    pub seq: i64,
    pub at: Timestamp,
    pub event: JournalEvent,
}

/// What the journal comes to up to one of its events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredSnapshot {
    /// The last event in it.
    pub seq: i64,
    /// As [`Execution::snapshot`](crate::domain::execution::Execution::snapshot) gives it.
    pub state: Vec<u8>,
}

/// Which executions a list shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ExecutionFilter {
    pub status: Option<Status>,
    pub definition_id: Option<Uuid>,
    pub origin: Option<Origin>,
    /// Whether a step waits for somebody's signal.
    pub awaits_signal: Option<bool>,
    /// Asked for at or after this time.
    pub created_from: Option<Timestamp>,
    /// Asked for before this time.
    pub created_before: Option<Timestamp>,
    /// Key and value.
    pub label: Option<(String, String)>,
    /// Part of the workflow's name, or the id of the execution.
    pub text: Option<String>,
}

/// Which events of a journal are read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct JournalFilter {
    /// Those after this number.
    pub after: i64,
    pub kind: Option<&'static str>,
    pub step: Option<String>,
}

/// Something that is told to an execution, on its way to the worker that has it.
#[derive(Debug, Clone, PartialEq)]
pub struct Letter {
    pub id: Uuid,
    pub step: String,
    pub item: Option<u32>,
    pub signal: Signal,
}

/// Which lines of a log are shown.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LogFilter {
    /// This level and those above it.
    pub level: Option<LogLevel>,
    pub step: Option<String>,
    /// Part of the message, whatever the case of ASCII letters.
    pub text: Option<String>,
}

/// One line of an execution's log.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct LogLine {
    pub at: Timestamp,
    pub level: LogLevel,
    pub step: Option<String>,
    pub item: Option<u32>,
    pub message: String,
    #[schema(value_type = Value)]
    pub fields: Value,
}

/// A start that its caller gave a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyedStart {
    pub key: IdempotencyKey,
    /// Tells whether the same was asked for.
    pub fingerprint: String,
    pub execution: Id<Execution>,
    pub created_at: Timestamp,
}

/// Keys of starts, each user's own.
#[async_trait]
pub trait StartKeys: Send + Sync {
    /// The start under the key, unless it is older than `since`.
    async fn find(
        &self,
        owner: Owner,
        key: &IdempotencyKey,
        since: Timestamp,
    ) -> Result<Option<KeyedStart>, StoreError>;

    /// Forgets the owner's keys older than `forgotten` and keeps this one. False when there is one
    /// already; a start under way with the same key is waited for.
    async fn keep(
        &self,
        work: &mut UnitOfWork,
        owner: Owner,
        start: &KeyedStart,
        forgotten: Timestamp,
    ) -> Result<bool, StoreError>;
}

/// Executions, their journals and logs.
#[async_trait]
pub trait Executions: Send + Sync {
    /// Writes the execution, its first event and `execution.started` for other contexts.
    async fn insert(&self, work: &mut UnitOfWork, new: &NewExecution) -> Result<(), StoreError>;

    /// As `insert`, without anything else in the transaction but other starts. What is there
    /// already is not written again.
    async fn insert_alone(&self, new: &NewExecution) -> Result<Placed, StoreError>;

    /// Puts results of another execution behind the first event of a new one.
    async fn hand_down(
        &self,
        work: &mut UnitOfWork,
        new: &NewExecution,
        events: &[JournalEvent],
    ) -> Result<(), StoreError>;

    /// Takes an execution up again that ended without success: journals it and queues it. Gives
    /// the number of the event; `None` when there is no such execution.
    async fn retry(
        &self,
        work: &mut UnitOfWork,
        owner: Owner,
        id: Id<Execution>,
        at: Timestamp,
    ) -> Result<Option<i64>, StoreError>;

    async fn find(
        &self,
        owner: Owner,
        id: Id<Execution>,
    ) -> Result<Option<ExecutionRow>, StoreError>;

    /// Newest first.
    async fn list(
        &self,
        owner: Owner,
        filter: ExecutionFilter,
        page: PageRequest,
    ) -> Result<Page<ExecutionRow>, StoreError>;

    /// How many of the owner's executions have not ended, counted up to `most`.
    async fn unfinished(&self, owner: Owner, most: u64) -> Result<u64, StoreError>;

    /// How many of the owner's executions with the key were started and have not ended.
    async fn running_with_key(&self, owner: Owner, key: &str) -> Result<u64, StoreError>;

    /// Whether any worker gave a sign of life since then.
    async fn workers_alive(&self, since: Timestamp) -> Result<bool, StoreError>;

    /// Up to `limit` events after number `after`. Executions have no owner here: ask `find` first.
    async fn events(
        &self,
        id: Id<Execution>,
        after: i64,
        limit: u32,
    ) -> Result<Vec<StoredEvent>, StoreError>;

    /// As `events` without checkpoints, which can be many and which people are not shown.
    async fn visible_events(
        &self,
        id: Id<Execution>,
        after: i64,
        limit: u32,
    ) -> Result<Vec<StoredEvent>, StoreError>;

    /// As `events`, those that the filter lets through. With a step, events of others whose body
    /// lies outside of its row are among them.
    async fn journal(
        &self,
        id: Id<Execution>,
        filter: &JournalFilter,
        limit: u32,
    ) -> Result<Vec<StoredEvent>, StoreError>;

    /// The newest event of the journal.
    async fn last_event(&self, id: Id<Execution>) -> Result<Option<StoredEvent>, StoreError>;

    /// Leaves the wish for the worker that has the execution, or makes one take it. Answers
    /// whether the execution was there and had not ended.
    async fn request_cancel(
        &self,
        owner: Owner,
        id: Id<Execution>,
        at: Timestamp,
    ) -> Result<bool, StoreError>;

    /// Leaves a letter for the worker that has the execution, or makes one take it. Answers
    /// whether the execution was there and had not ended.
    async fn send(
        &self,
        work: &mut UnitOfWork,
        owner: Owner,
        id: Id<Execution>,
        letter: &Letter,
    ) -> Result<bool, StoreError>;

    /// Oldest first.
    async fn logs(
        &self,
        id: Id<Execution>,
        filter: &LogFilter,
        page: PageRequest,
    ) -> Result<Page<LogLine>, StoreError>;
}

/// One version of a definition.
#[derive(Debug, Clone)]
pub struct Runnable {
    pub id: Uuid,
    pub version: u32,
    pub definition: Arc<Definition>,
    /// The owner's variables that it uses, as they are now.
    pub vars: Value,
}

/// Where definitions come from.
#[async_trait]
pub trait DefinitionSource: Send + Sync {
    /// The newest version of an owner's definition.
    async fn newest(&self, owner: Owner, id: Uuid) -> Result<Option<Runnable>, StoreError>;

    /// The owner's variables that a definition uses, as they are now.
    async fn vars(&self, owner: Owner, definition: &Definition) -> Result<Value, StoreError>;

    /// The owner's definition of the name.
    async fn named(&self, owner: Owner, name: &str) -> Result<Option<Uuid>, StoreError>;

    /// One version, whoever it belongs to and whether or not it was deleted since: whoever holds
    /// the lease of an execution of it may read it.
    async fn version(&self, id: Uuid, version: u32) -> Result<Option<Arc<Definition>>, StoreError>;
}

/// Tells workers at once what they would otherwise find out by looking.
#[async_trait]
pub trait Doorbell: Send + Sync {
    /// There is something new in the queue; `id` is the execution, of which `seq` events stand in
    /// the journal.
    async fn queued(&self, id: Id<Execution>, seq: i64);

    /// As `queued`, for an execution that a worker has already.
    async fn begun(&self, id: Id<Execution>, seq: i64);

    /// Somebody wants the execution cancelled.
    async fn cancel_wanted(&self, id: Id<Execution>);

    /// There is a letter for the execution.
    async fn letter_sent(&self, id: Id<Execution>);
}

/// How far a running step is. Live only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct Progress {
    pub step: String,
    pub item: Option<u32>,
    pub done: u64,
    pub total: Option<u64>,
    pub message: String,
}

/// What was heard last of running steps.
pub trait ProgressBoard: Send + Sync {
    fn of(&self, id: Id<Execution>) -> Vec<Progress>;
}

/// Results of steps that later runs may take instead of doing the same again, each user's own.
#[async_trait]
pub trait StepCache: Send + Sync {
    /// The result under the key, unless it has expired.
    async fn get(
        &self,
        owner: Owner,
        key: &str,
        now: Timestamp,
    ) -> Result<Option<Value>, StoreError>;

    /// Keeps a result in the place of an older one; a large one is not kept.
    async fn put(
        &self,
        owner: Owner,
        key: &str,
        output: &Value,
        now: Timestamp,
        expires_at: Timestamp,
    ) -> Result<(), StoreError>;
}

/// What expressions may know of a user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserProfile {
    pub username: String,
    pub email: String,
}

/// The directory is out of reach.
#[derive(Debug, thiserror::Error)]
#[error("user directory failed")]
pub struct UserDirectoryError(#[source] pub Box<dyn std::error::Error + Send + Sync>);

/// Gives `user.email` and the like to expressions.
#[async_trait]
pub trait UserDirectory: Send + Sync {
    async fn profile(&self, user: Id<User>) -> Result<Option<UserProfile>, UserDirectoryError>;
}
