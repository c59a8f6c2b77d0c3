//! What a driver hands to the writer.

use bytes::Bytes;
use sea_orm::Value;
use shared_kernel::{
    application::{BlobError, BlobStore},
    domain::{DomainEvent, Execution, Id, Owner, Timestamp},
    infrastructure::db::columns::{Column, Kind, into, may, must},
};

use uuid::Uuid;

use super::INLINE_LIMIT;
use crate::{
    domain::execution::{Awaited, ExecutionError, JournalEvent, Status},
    infrastructure::queue::Envelope,
};

/// Why events are not in the journal.
#[derive(Debug, thiserror::Error)]
pub enum AppendError {
    /// Another worker has the execution by now, or this one was declared dead. Nothing of the
    /// append was written.
    #[error("lease on the execution was lost")]
    Fenced,
    #[error("journal is out of reach")]
    Unavailable,
    #[error("payload could not be stored")]
    Blob(#[from] BlobError),
    #[error("event is not JSON")]
    Encode(#[from] serde_json::Error),
}

/// An event as its row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventRow {
    pub kind: &'static str,
    pub body: String,
    /// Where the body is when it is not in the row.
    pub blob: Option<String>,
    /// Of the body, wherever it is, in bytes.
    pub size: i64,
    pub at: Timestamp,
}

/// A row of `execution_events`.
pub(crate) const EVENT: [Column; 6] = [
    must("execution_id", Kind::Uuid),
    must("seq", Kind::BigInt),
    must("kind", Kind::Text),
    must("payload", Kind::Text),
    may("blob", Kind::Text),
    must("at", Kind::BigInt),
];

/// How a statement begins that writes rows of [`EVENT`].
pub(super) fn events_into() -> String {
    into("execution_events", &EVENT)
}

impl EventRow {
    /// As [`EVENT`] has it.
    pub(crate) fn values(self, execution: Id<Execution>, seq: i64) -> [Value; EVENT.len()] {
        let Self { kind, body, blob, at, .. } = self;
        [execution.into(), seq.into(), kind.into(), body.into(), blob.into(), at.into()]
    }
}

/// Encodes an event, sending a large body to the blob store, where it stays as long as its
/// execution.
pub(crate) async fn pack(
    blobs: &dyn BlobStore,
    execution: Id<Execution>,
    event: &JournalEvent,
    at: Timestamp,
) -> Result<EventRow, AppendError> {
    let body = event.encode()?;
    let size = i64::try_from(body.len()).unwrap_or(i64::MAX);
    if body.len() <= INLINE_LIMIT {
        return Ok(EventRow { kind: event.kind(), body, blob: None, size, at });
    }
    let key = blobs.put(execution.uuid(), Bytes::from(body)).await?;
    Ok(EventRow { kind: event.kind(), body: "{}".to_owned(), blob: Some(key.0), size, at })
}

/// What becomes of the lease with the append.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lease {
    Keep,
    /// Given up until a timer is due, or until somebody's letter comes.
    Park(Option<Timestamp>),
    /// Given up for any worker to take.
    Yield,
    /// Over.
    End,
}

/// What lists show of who waits for a signal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Awaits {
    Now(Option<Awaited>),
    /// As they did: the journal could not be read.
    AsBefore,
}

/// What the append changes in `workflow_executions`.
#[derive(Debug, Clone, PartialEq)]
pub struct Projection {
    pub status: Status,
    pub lease: Lease,
    pub awaits: Awaits,
    pub error: Option<ExecutionError>,
    /// The wish to cancel stands in the journal now.
    pub cancel_taken: bool,
    /// Letters that stand in the journal now.
    pub letters_taken: i64,
    /// What was journalled since the last projection.
    pub bytes: i64,
    pub at: Timestamp,
}

/// Events of one execution, to be written together with their consequences or not at all.
#[derive(Debug)]
pub struct Append {
    pub execution: Id<Execution>,
    pub epoch: i64,
    /// Number of the first event.
    pub first_seq: i64,
    pub events: Vec<EventRow>,
    pub projection: Option<Projection>,
    pub outbox: Vec<DomainEvent>,
    /// Letters whose events are among these.
    pub letters: Vec<Uuid>,
    /// Told to the execution that waits for this one's end.
    pub reply: Option<Reply>,
}

impl Append {
    /// Only what becomes of the lease, without an event.
    pub fn of_lease(execution: Id<Execution>, epoch: i64, projection: Projection) -> Self {
        Self {
            execution,
            epoch,
            first_seq: 0,
            events: Vec::new(),
            projection: Some(projection),
            outbox: Vec::new(),
            letters: Vec::new(),
            reply: None,
        }
    }
}

/// A letter to an execution of the same owner.
#[derive(Debug, Clone)]
pub struct Reply {
    pub owner: Owner,
    pub letter: Envelope,
}
