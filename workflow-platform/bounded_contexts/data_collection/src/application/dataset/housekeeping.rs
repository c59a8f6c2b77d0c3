//! What is done beside the requests, in small steps, by whichever process comes first: indexes of
//! new columns are filled, and what is no longer kept is removed.

use std::time::Duration;

use shared_kernel::{domain::Timestamp, infrastructure::db::UnitOfWork};
use tokio_util::sync::CancellationToken;
use tracing::warn;

use super::{
    DatasetRow, DatasetsError, DatasetsModule,
    ports::{Author, Cause},
};

/// Records, or changes, of one step.
const STEP: u32 = 500;
/// Between two looks when nobody rings.
const PAUSE: Duration = Duration::from_secs(15);
/// Between two looks at what a dataset keeps.
const RETAIN_EVERY: Duration = Duration::from_hours(1);
const DAY: Duration = Duration::from_hours(24);

impl DatasetsModule {
    /// Until it is told to stop.
    pub async fn run(&self, stop: CancellationToken) {
        loop {
            if let Err(error) = self.work_off(&stop).await {
                warn!(error = ?error, "datasets cannot be looked after now");
            }
            tokio::select! {
                () = stop.cancelled() => return,
                () = self.bell.notified() => {}
                () = tokio::time::sleep(PAUSE) => {}
            }
        }
    }

    /// All that is due.
    pub async fn work_off(&self, stop: &CancellationToken) -> Result<(), DatasetsError> {
        while !stop.is_cancelled() && self.step().await? {}
        Ok(())
    }

    /// One step; answers whether there was something to do.
    async fn step(&self) -> Result<bool, DatasetsError> {
        let now = self.ambient.now();
        if !self.store.any_due(now).await? {
            return Ok(false);
        }
        let mut work = self.database.begin().await?;
        let Some(mut row) = self.store.hold_due(&mut work, now).await? else { return Ok(false) };
        if let Some(below) = row.index_below {
            self.fill_index(&mut work, &mut row, below).await?;
        } else if !self.retain(&mut work, &mut row, now).await? {
            row.retain_at = row.settings.retention.is_set().then(|| now.plus(RETAIN_EVERY));
        }
        self.store.update(&mut work, &row).await?;
        work.commit().await?;
        Ok(true)
    }

    async fn fill_index(
        &self,
        work: &mut UnitOfWork,
        row: &mut DatasetRow,
        below: i64,
    ) -> Result<(), DatasetsError> {
        if below == i64::MAX {
            row.columns.index_unasked();
        }
        row.index_below = self.store.index_below(work, row, below, STEP).await?;
        if row.index_below.is_none() {
            row.columns.make_ready();
        }
        Ok(())
    }

    /// Whether something was removed, so that there may be more.
    async fn retain(
        &self,
        work: &mut UnitOfWork,
        row: &mut DatasetRow,
        now: Timestamp,
    ) -> Result<bool, DatasetsError> {
        let retention = row.settings.retention;
        let days = |days: u32| now.minus(DAY * days);
        let mut keys = Vec::new();
        if let Some(kept) = retention.days {
            keys = self.store.unseen_since(work, row, days(kept), STEP).await?;
        }
        if let Some(most) = retention.records.filter(|_| keys.is_empty()) {
            let over = u32::try_from(row.records.saturating_sub(most)).unwrap_or(STEP).min(STEP);
            keys = if over == 0 { keys } else { self.store.oldest(work, row, over).await? };
        }
        if !keys.is_empty() {
            let (author, cause) = (Author::default(), Cause::Retention);
            self.remove_keys(work, row, &keys, author, cause, now).await?;
            return Ok(true);
        }
        let Some(kept) = retention.history_days else { return Ok(false) };
        let last = self.store.last_before(work, row.id, days(kept)).await?;
        if last <= row.forgotten {
            return Ok(false);
        }
        let forgotten = self.store.forget_up_to(work, row, last, STEP * 10).await?;
        if forgotten < u64::from(STEP * 10) {
            row.forgotten = last;
        }
        Ok(true)
    }
}
