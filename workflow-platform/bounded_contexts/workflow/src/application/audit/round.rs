//! One round of the audit, over a bounded number of executions.

use std::{sync::Arc, time::Duration};

use shared_kernel::domain::{Ambient, Execution, Id};

use super::{AuditStore, Audited, Finding, Invariant, check::Examined};
use crate::application::executions::{DefinitionSource, Executions, StoreError};

/// Executions of one round.
const PAGE: u32 = 100;
/// Events read at a time.
const CHUNK: u32 = 1000;
/// Longer journals are folded from their snapshot, when it is no further away than this.
const LONGEST: i64 = 20_000;
/// What is late by less may just be under way.
const LATE: Duration = Duration::from_mins(1);

/// What the audit works with.
#[derive(Clone)]
pub struct AuditPorts {
    pub store: Arc<dyn AuditStore>,
    pub executions: Arc<dyn Executions>,
    pub definitions: Arc<dyn DefinitionSource>,
    pub ambient: Ambient,
}

/// Checks what must always hold.
#[derive(Clone)]
pub struct AuditService {
    ports: AuditPorts,
}

/// What a round found.
#[derive(Debug, Default)]
pub struct Round {
    pub findings: Vec<Finding>,
    pub executions: usize,
    /// Where the next round goes on; none at the end.
    pub next: Option<Id<Execution>>,
}

impl AuditService {
    pub fn new(ports: AuditPorts) -> Self {
        Self { ports }
    }

    /// What can be told without journals.
    pub async fn overdue(&self) -> Result<Vec<Finding>, StoreError> {
        self.ports.store.overdue(self.ports.ambient.now().minus(LATE)).await
    }

    /// Executions after `after`, each against its journal.
    pub async fn round(&self, after: Option<Id<Execution>>) -> Result<Round, StoreError> {
        let page = self.ports.store.page(after, PAGE).await?;
        let is_full = page.len() >= usize::try_from(PAGE).unwrap_or(usize::MAX);
        let next = page.last().map(|row| row.id).filter(|_| is_full);
        let mut round = Round { executions: page.len(), next, ..Round::default() };
        for row in page {
            round.findings.extend(self.audit(row).await?);
        }
        Ok(round)
    }

    /// Looks twice: what changed in between is under way, and somebody else's matter.
    async fn audit(&self, row: Audited) -> Result<Option<Finding>, StoreError> {
        let found = match gaps(&row) {
            Some(finding) => Some(finding),
            None => self.folded(&row).await?,
        };
        let Some(finding) = found else { return Ok(None) };
        let same = self.ports.store.again(row.id).await?.is_some_and(|again| again == row);
        Ok(same.then_some(finding))
    }

    async fn folded(&self, row: &Audited) -> Result<Option<Finding>, StoreError> {
        let definition = self.ports.definitions.version(row.definition_id, row.version).await?;
        let Some(definition) = definition else { return Ok(None) };
        let snapshot = self.ports.store.snapshot(row.id).await?;
        let (mut examined, mut after) = match snapshot {
            snapshot if row.last_seq <= LONGEST => (Examined::new(row, &definition, snapshot), 0),
            Some(snapshot) if row.last_seq - snapshot.seq <= LONGEST => {
                let examined = Examined::after(row, &definition, &snapshot);
                let Some(examined) = examined else { return Ok(None) };
                (examined, snapshot.seq)
            }
            _ => return Ok(None),
        };
        loop {
            let events = self.ports.executions.events(row.id, after, CHUNK).await?;
            after += i64::try_from(events.len()).unwrap_or(i64::MAX);
            let is_full = events.len() >= usize::try_from(CHUNK).unwrap_or(usize::MAX);
            if !events.iter().all(|stored| examined.take(stored)) || !is_full {
                return Ok(examined.end(self.ports.ambient.now()));
            }
        }
    }
}

fn gaps(row: &Audited) -> Option<Finding> {
    (row.events != row.last_seq || row.events == 0).then(|| Finding {
        invariant: Invariant::JournalGapless,
        subject: row.id.to_string(),
        detail: format!("{} events, the last has number {}", row.events, row.last_seq),
    })
}
