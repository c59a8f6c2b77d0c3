//! One execution against its journal.

use std::sync::Arc;

use serde_json::Value;
use shared_kernel::domain::{Owner, Timestamp};
use uuid::Uuid;

use super::{Audited, Finding, Invariant};
use crate::{
    application::executions::{StoredEvent, StoredSnapshot},
    domain::{
        definition::Definition,
        execution::{Execution, Identity, JournalEvent, Status, definition_of},
    },
};

/// One execution under examination: the journal is handed over piece by piece.
pub(super) struct Examined<'a> {
    row: &'a Audited,
    definition: &'a Arc<Definition>,
    snapshot: Option<StoredSnapshot>,
    machine: Option<Execution>,
    finding: Option<Finding>,
}

impl<'a> Examined<'a> {
    /// With its whole journal to come.
    pub fn new(
        row: &'a Audited,
        definition: &'a Arc<Definition>,
        snapshot: Option<StoredSnapshot>,
    ) -> Self {
        Self { row, definition, snapshot, machine: None, finding: None }
    }

    /// With the events after the snapshot to come. `None` when it cannot be read.
    pub fn after(
        row: &'a Audited,
        definition: &'a Arc<Definition>,
        snapshot: &StoredSnapshot,
    ) -> Option<Self> {
        let machine = Execution::restore(definition, identity(row), &snapshot.state).ok()?;
        Some(Self { row, definition, snapshot: None, machine: Some(machine), finding: None })
    }

    /// Answers whether it makes sense to go on.
    pub fn take(&mut self, stored: &StoredEvent) -> bool {
        if let (None, JournalEvent::Created(created)) = (&self.machine, &stored.event) {
            // An item of a step that its definition does not have cannot be examined.
            let Some(runs) = definition_of(self.definition, created) else { return false };
            self.machine = Some(Execution::new(runs, identity(self.row)));
        }
        let Some(machine) = &mut self.machine else {
            let detail = "the journal does not begin with execution.created";
            self.found(Invariant::JournalGapless, detail.to_owned());
            return false;
        };
        machine.apply(&stored.event, stored.at);
        if let Some(snapshot) = self.snapshot.take_if(|snapshot| snapshot.seq == stored.seq)
            && machine.snapshot().ok().as_ref() != Some(&snapshot.state)
        {
            let detail = format!("the events up to {} say something else", snapshot.seq);
            self.found(Invariant::SnapshotTrue, detail);
            return false;
        }
        true
    }

    fn found(&mut self, invariant: Invariant, detail: String) {
        let subject = self.row.id.to_string();
        self.finding.get_or_insert(Finding { invariant, subject, detail });
    }

    /// What does not hold, when the row and the journal were read while nothing changed.
    pub fn end(mut self, now: Timestamp) -> Option<Finding> {
        let status = self.row.status;
        if let (None, Some(machine)) = (&self.finding, &mut self.machine) {
            let ended = machine.finished();
            if ended != status.is_final().then_some(status) {
                let journal = ended.map_or("that it goes on", Status::as_str);
                let detail = format!("the row says {}, the journal {journal}", status.as_str());
                self.found(Invariant::ProjectionTrue, detail);
            } else if self.row.is_at_rest && ended.is_none() && !machine.decide(now).awaits_letter {
                let detail = "nobody has it and nothing would wake it".to_owned();
                self.found(Invariant::Owned, detail);
            }
        }
        self.finding
    }
}

fn identity(row: &Audited) -> Identity {
    let owner = Owner::new(Uuid::nil().into());
    Identity { id: row.id, owner, user: Value::Null, version: row.version }
}
