//! What an append changes in `workflow_executions`.

use sea_orm::Value;
use shared_kernel::{
    domain::Timestamp,
    infrastructure::db::columns::{Column, Kind, may, must},
};
use uuid::Uuid;

use super::{Append, Projection};
use crate::infrastructure::journal::{Awaits, Lease};

/// From a row `d` with the columns of [`Change`]. A parked execution that somebody wants cancelled
/// or writes to in this very moment stays in the queue.
pub(super) const SET: &str = "status = d.status, \
     worker_id = CASE WHEN d.keeps = 1 THEN e.worker_id END, \
     wake_at = CASE WHEN (e.cancel_at IS NULL OR d.cancel_taken = 1) \
       AND e.letters <= d.letters_taken THEN d.wake_at END, \
     ready_at = CASE WHEN d.yields = 1 OR (d.parks = 1 AND (e.letters > d.letters_taken \
       OR (e.cancel_at IS NOT NULL AND d.cancel_taken = 0))) THEN d.at END, \
     letters_taken = d.letters_taken, \
     bytes = e.bytes + d.bytes, \
     cancel_at = CASE WHEN d.cancel_taken = 0 THEN e.cancel_at END, \
     finished_at = d.finished_at, error = d.error, \
     awaits = CASE WHEN d.awaits = '=' THEN e.awaits ELSE d.awaits END";

/// In place of who waits for a signal: it stays as it is. No step has this id.
const AS_BEFORE: &str = "=";

/// The row `d`.
#[derive(Debug)]
pub(super) struct Change {
    id: Uuid,
    epoch: i64,
    status: &'static str,
    keeps: i32,
    yields: i32,
    parks: i32,
    letters_taken: i64,
    bytes: i64,
    wake_at: Option<i64>,
    cancel_taken: i32,
    finished_at: Option<i64>,
    error: Option<String>,
    awaits: Option<String>,
    at: i64,
}

impl Change {
    /// In the order of `values`.
    pub const COLUMNS: [Column; 14] = [
        must("id", Kind::Uuid),
        must("epoch", Kind::BigInt),
        must("status", Kind::Text),
        must("keeps", Kind::Int),
        must("yields", Kind::Int),
        must("parks", Kind::Int),
        must("letters_taken", Kind::BigInt),
        must("bytes", Kind::BigInt),
        may("wake_at", Kind::BigInt),
        must("cancel_taken", Kind::Int),
        may("finished_at", Kind::BigInt),
        may("error", Kind::Text),
        may("awaits", Kind::Text),
        must("at", Kind::BigInt),
    ];

    pub fn of(append: &Append, projection: &Projection) -> Self {
        let wake_at = match projection.lease {
            Lease::Park(at) => at.map(Timestamp::micros),
            Lease::Yield | Lease::Keep | Lease::End => None,
        };
        let finished_at = projection.status.is_final().then_some(projection.at.micros());
        let error = projection.error.as_ref();
        Self {
            id: append.execution.uuid(),
            epoch: append.epoch,
            status: projection.status.as_str(),
            keeps: i32::from(projection.lease == Lease::Keep),
            yields: i32::from(projection.lease == Lease::Yield),
            parks: i32::from(matches!(projection.lease, Lease::Park(_))),
            letters_taken: projection.letters_taken,
            bytes: projection.bytes,
            wake_at,
            cancel_taken: i32::from(projection.cancel_taken || finished_at.is_some()),
            finished_at,
            error: error.and_then(|error| serde_json::to_string(error).ok()),
            awaits: match &projection.awaits {
                Awaits::Now(awaited) => awaited.as_ref().map(ToString::to_string),
                Awaits::AsBefore => Some(AS_BEFORE.to_owned()),
            },
            at: projection.at.micros(),
        }
    }

    pub fn values(self) -> [Value; 14] {
        [
            self.id.into(),
            self.epoch.into(),
            self.status.into(),
            self.keeps.into(),
            self.yields.into(),
            self.parks.into(),
            self.letters_taken.into(),
            self.bytes.into(),
            self.wake_at.into(),
            self.cancel_taken.into(),
            self.finished_at.into(),
            self.error.into(),
            self.awaits.into(),
            self.at.into(),
        ]
    }
}
