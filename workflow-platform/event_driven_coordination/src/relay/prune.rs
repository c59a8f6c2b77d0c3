//! Forgets events that were delivered long ago.

use sea_orm::{ConnectionTrait as _, DbErr};
use shared_kernel::domain::Timestamp;
use tracing::warn;

use super::Relay;

/// The oldest delivered events, a bounded number.
const OLD: &str = "SELECT id FROM outbox WHERE delivered_at < $1 ORDER BY delivered_at LIMIT $2";

impl Relay {
    /// Removes delivered events that are older than they are kept, and the memory of their
    /// handling; gives how many. Parked events stay until somebody decides.
    pub async fn prune(&self) -> Result<u64, DbErr> {
        let before = self.ambient.now().minus(self.settings.keep);
        let values = || [before.into(), i64::from(self.settings.prune_batch).into()];
        let work = self.database.begin().await?;
        let memory = format!("DELETE FROM inbox WHERE event_id IN ({OLD})");
        work.conn().execute_raw(self.database.statement(memory, values())).await?;
        let events = format!("DELETE FROM outbox WHERE id IN ({OLD})");
        let gone = work.conn().execute_raw(self.database.statement(events, values())).await?;
        work.commit().await?;
        Ok(gone.rows_affected())
    }

    /// Now and then, however busy the relay is; a failure waits for the next time.
    pub(super) async fn prune_when_due(&self, last: &mut Option<Timestamp>) {
        let now = self.ambient.now();
        if last.is_some_and(|last| now.since(last) < self.settings.prune_every) {
            return;
        }
        *last = Some(now);
        if let Err(error) = self.prune().await {
            warn!(%error, "old events could not be removed");
        }
    }
}
