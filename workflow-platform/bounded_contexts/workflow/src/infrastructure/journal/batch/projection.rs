//! What an append changes in `workflow_executions`.

use serde_json::{Value, json};
use shared_kernel::domain::Timestamp;

use super::{Append, Projection};
use crate::infrastructure::journal::Lease;

/// From a row `d` as `row` makes it. A parked execution that somebody wants cancelled or writes to
/// in this very moment stays in the queue.
pub(super) const SET: &str = "status = d.status, \
     worker_id = CASE WHEN d.keeps = 1 THEN e.worker_id END, \
     wake_at = CASE WHEN (e.cancel_at IS NULL OR d.cancel_taken = 1) \
       AND e.letters <= d.letters_taken THEN d.wake_at END, \
     ready_at = CASE WHEN d.yields = 1 OR (d.parks = 1 AND (e.letters > d.letters_taken \
       OR (e.cancel_at IS NOT NULL AND d.cancel_taken = 0))) THEN d.at END, \
     letters_taken = d.letters_taken, \
     bytes = e.bytes + d.bytes, \
     cancel_at = CASE WHEN d.cancel_taken = 0 THEN e.cancel_at END, \
     finished_at = d.finished_at, error = d.error";

pub(super) fn row(append: &Append, projection: &Projection) -> Value {
    let wake_at = match projection.lease {
        Lease::Park(at) => at.map(Timestamp::micros),
        Lease::Yield | Lease::Keep | Lease::End => None,
    };
    let finished = projection.status.is_final().then_some(projection.at.micros());
    json!({
        "id": append.execution.uuid().simple().to_string(),
        "epoch": append.epoch,
        "status": projection.status.as_str(),
        "keeps": i32::from(projection.lease == Lease::Keep),
        "yields": i32::from(projection.lease == Lease::Yield),
        "parks": i32::from(matches!(projection.lease, Lease::Park(_))),
        "letters_taken": projection.letters_taken,
        "bytes": projection.bytes,
        "wake_at": wake_at,
        "cancel_taken": i32::from(projection.cancel_taken || finished.is_some()),
        "finished_at": finished,
        "error": projection.error.as_ref().and_then(|error| serde_json::to_string(error).ok()),
        "at": projection.at.micros(),
    })
}
