//! Counts the schedules that the plan holds back.

use std::time::Duration;

use shared_kernel::domain::{Cursor, Owner, PageRequest};

use super::{TriggerService, list::is_too_often};
use crate::application::executions::ExecutionsError;

/// Triggers that are looked at with one statement, and how often.
const AT_ONCE: u32 = 100;
const PAGES: usize = 10;

impl TriggerService {
    /// Of the newest thousand triggers: those that are due more often than so far apart. Paused
    /// ones run never.
    pub(crate) async fn count_held(
        &self,
        owner: Owner,
        least: Duration,
    ) -> Result<u64, ExecutionsError> {
        let now = self.ports.ambient.now();
        let mut page = PageRequest::first(AT_ONCE);
        let mut held = 0u64;
        for _ in 0..PAGES {
            let found = self.ports.store.all(owner, page).await?;
            let rows = found.items.iter().map(|named| &named.row);
            let held_here = rows.filter(|row| !row.paused && is_too_often(&row.spec, least, now));
            held += u64::try_from(held_here.count()).unwrap_or(u64::MAX);
            let Some(last) = found.items.last().filter(|_| found.next_cursor.is_some()) else {
                break;
            };
            page.after = Some(Cursor { at: last.created_at, id: last.row.id });
        }
        Ok(held)
    }
}
