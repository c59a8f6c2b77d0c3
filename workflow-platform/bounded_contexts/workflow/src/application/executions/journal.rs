//! Reads the journal of an execution as it is.

use shared_kernel::{
    application::Principal,
    domain::{Cursor, Execution, Id, Page, PageRequest, Permission},
};
use uuid::Uuid;

use super::{ExecutionService, ExecutionsError, JournalFilter, StoredEvent};

impl ExecutionService {
    /// Events of one execution's journal, oldest first. A page may have fewer than asked for,
    /// and others after it all the same.
    pub async fn journal(
        &self,
        who: &Principal,
        id: Id<Execution>,
        filter: &JournalFilter,
        page: PageRequest,
    ) -> Result<Page<StoredEvent>, ExecutionsError> {
        who.require(Permission::WorkflowRead)?;
        let found = self.ports.store.find(who.owner(), id).await?;
        found.ok_or(ExecutionsError::NotFound)?;
        let after = page.after.map_or(0, |cursor| cursor.id.as_u128());
        let after = i64::try_from(after).unwrap_or(i64::MAX).max(filter.after);
        let wanted = JournalFilter { after, ..filter.clone() };
        let events = self.ports.store.journal(id, &wanted, page.limit.saturating_add(1)).await?;
        let mut page = Page::cut(events, page.limit, |stored| Cursor {
            at: stored.at,
            id: Uuid::from_u128(u128::try_from(stored.seq).unwrap_or(0)),
        });
        if let Some(step) = &filter.step {
            // What lies outside of its row is told from the others only now.
            page.items.retain(|stored| stored.event.step() == Some(step));
        }
        Ok(page)
    }

    /// One event, with all that is in it.
    pub async fn journal_event(
        &self,
        who: &Principal,
        id: Id<Execution>,
        seq: i64,
    ) -> Result<StoredEvent, ExecutionsError> {
        who.require(Permission::WorkflowRead)?;
        let found = self.ports.store.find(who.owner(), id).await?;
        found.ok_or(ExecutionsError::NotFound)?;
        let before = seq.checked_sub(1).ok_or(ExecutionsError::NoEvent)?;
        let next = self.ports.store.events(id, before, 1).await?.pop();
        next.filter(|stored| stored.seq == seq).ok_or(ExecutionsError::NoEvent)
    }
}
