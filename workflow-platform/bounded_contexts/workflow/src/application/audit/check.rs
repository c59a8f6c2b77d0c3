//! One execution against its journal.

use std::sync::Arc;

use serde_json::Value;
use shared_kernel::domain::{Owner, Timestamp};
use uuid::Uuid;

use super::{Audited, Finding, Invariant};
use crate::{
    application::executions::StoredEvent,
    domain::{
        definition::Definition,
        execution::{Execution, ExecutionView, Identity, JournalEvent, Status, definition_of},
    },
};

/// What does not hold, for an execution whose row and journal were read while nothing changed.
pub(super) fn check(
    row: &Audited,
    definition: &Arc<Definition>,
    events: &[StoredEvent],
    now: Timestamp,
) -> Option<Finding> {
    let found =
        |invariant, detail| Some(Finding { invariant, subject: row.id.to_string(), detail });
    let Some(JournalEvent::Created(created)) = events.first().map(|first| &first.event) else {
        let detail = "the journal does not begin with execution.created".to_owned();
        return found(Invariant::JournalGapless, detail);
    };
    let runs = definition_of(definition, created)?;
    let mut view = ExecutionView::new(&runs);
    for stored in events {
        view.apply(stored.seq, &stored.event, stored.at);
    }
    if !agree(row.status, view.status) {
        let (row, journal) = (row.status.as_str(), view.status.as_str());
        let detail = format!("the row says {row}, the journal {journal}");
        return found(Invariant::ProjectionTrue, detail);
    }
    if row.is_at_rest && !row.status.is_final() && !waits(row, runs, events, now) {
        let detail = "nobody has it and nothing would wake it".to_owned();
        return found(Invariant::Owned, detail);
    }
    None
}

/// A run that goes on is pending, running or waiting as its lease has it; an end is an end.
fn agree(row: Status, journal: Status) -> bool {
    row == journal || (!row.is_final() && !journal.is_final())
}

/// Whether a letter would have it go on.
fn waits(row: &Audited, runs: Arc<Definition>, events: &[StoredEvent], now: Timestamp) -> bool {
    let identity = Identity {
        id: row.id,
        owner: Owner::new(Uuid::nil().into()),
        user: Value::Null,
        version: row.version,
    };
    let mut machine = Execution::new(runs, identity);
    for stored in events {
        machine.apply(&stored.event, stored.at);
    }
    machine.decide(now).awaits_letter
}
