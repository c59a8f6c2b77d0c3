//! Shows one execution with its steps.

use std::sync::Arc;

use shared_kernel::{
    application::Principal,
    domain::{Execution, Id, Owner, Permission, Text},
};

use super::{ExecutionRow, ExecutionService, ExecutionsError, Progress, StoreError, reason};
use crate::domain::{
    definition::Definition,
    execution::{ExecutionView, JournalEvent, Status, definition_of},
};

/// Events folded at a time.
pub(super) const CHUNK: u32 = 1000;

/// An execution as its page shows it.
#[derive(Debug)]
pub struct ExecutionDetails {
    pub row: ExecutionRow,
    pub view: ExecutionView,
    pub progress: Vec<Progress>,
    /// Why it is not running, when it is not.
    pub waiting_reason: Option<Text>,
}

impl ExecutionService {
    /// One execution of the caller's, its steps folded from the journal.
    pub async fn show(
        &self,
        who: &Principal,
        id: Id<Execution>,
    ) -> Result<ExecutionDetails, ExecutionsError> {
        who.require(Permission::WorkflowRead)?;
        self.show_for(who.owner(), id).await
    }

    /// As `show`, for an owner whom the caller has made sure of.
    pub async fn show_for(
        &self,
        owner: Owner,
        id: Id<Execution>,
    ) -> Result<ExecutionDetails, ExecutionsError> {
        let row = self.ports.store.find(owner, id).await?.ok_or(ExecutionsError::NotFound)?;
        let found = self.ports.definitions.version(row.definition_id, row.version).await?;
        let definition = found.ok_or(ExecutionsError::NoDefinition)?;
        let definition = self.part_of(&row, definition).await?;
        let view = self.fold(&row, &definition).await?;
        let waiting_reason = self.reason(&row, &view).await?;
        let running = row.status == Status::Running;
        let progress = if running { self.ports.progress.of(id) } else { Vec::new() };
        Ok(ExecutionDetails { row, view, progress, waiting_reason })
    }

    /// Of an item of a step that is spread, only that step.
    pub(super) async fn part_of(
        &self,
        row: &ExecutionRow,
        definition: Arc<Definition>,
    ) -> Result<Arc<Definition>, StoreError> {
        if !row.is_fragment {
            return Ok(definition);
        }
        let first = self.ports.store.events(row.id, 0, 1).await?;
        Ok(match first.first().map(|stored| &stored.event) {
            Some(JournalEvent::Created(created)) => {
                definition_of(&definition, created).unwrap_or(definition)
            }
            _ => definition,
        })
    }

    async fn fold(
        &self,
        row: &ExecutionRow,
        definition: &Definition,
    ) -> Result<ExecutionView, StoreError> {
        let mut view = ExecutionView::new(definition);
        loop {
            let events = self.ports.store.visible_events(row.id, view.seq, CHUNK).await?;
            for stored in &events {
                view.apply(stored.seq, &stored.event, stored.at);
            }
            if events.len() < usize::try_from(CHUNK).unwrap_or(usize::MAX) {
                return Ok(view);
            }
        }
    }

    async fn reason(
        &self,
        row: &ExecutionRow,
        view: &ExecutionView,
    ) -> Result<Option<Text>, StoreError> {
        if row.status.is_final() || row.leased {
            return Ok(None);
        }
        let store = &self.ports.store;
        let running = match &row.concurrency {
            Some((key, _)) if row.status == Status::Pending => {
                store.running_with_key(row.owner, key).await?
            }
            _ => 0,
        };
        let since = self.ports.ambient.now().minus(reason::SILENCE);
        let workers = store.workers_alive(since).await?;
        Ok(Some(reason::of(row, view, running, workers)))
    }
}
