//! What is too old, or too much, or nobody's, goes.

use std::{sync::Arc, time::Duration};

use sea_orm::{ConnectionTrait as _, DbErr};
use shared_kernel::{application::BlobStore, domain::Ambient, infrastructure::db::Database};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::groups::{GroupError, day_of, remove};

/// Between two rounds.
const PAUSE: Duration = Duration::from_hours(1);
/// Groups looked at in one step of a round.
const STEP: i64 = 100;

/// How much is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ArchiveLimits {
    pub days: u32,
    /// Compressed, of one owner.
    pub bytes_per_owner: u64,
}

impl Default for ArchiveLimits {
    fn default() -> Self {
        Self { days: 30, bytes_per_owner: 2 * 1024 * 1024 * 1024 }
    }
}

/// Keeps the archive within its limits.
#[derive(Clone)]
pub struct ArchiveJanitor {
    database: Database,
    blobs: Arc<dyn BlobStore>,
    ambient: Ambient,
    limits: ArchiveLimits,
}

impl ArchiveJanitor {
    pub fn new(
        database: Database,
        blobs: Arc<dyn BlobStore>,
        ambient: Ambient,
        limits: ArchiveLimits,
    ) -> Self {
        Self { database, blobs, ambient, limits }
    }

    /// Round after round until told to stop. What one leaves because something was away, the next
    /// finds.
    pub async fn run(self, stop: CancellationToken) {
        loop {
            tokio::select! {
                () = tokio::time::sleep(PAUSE) => {}
                () = stop.cancelled() => return,
            }
            match self.round(&stop).await {
                Ok(0) => {}
                Ok(pages) => tracing::info!(pages, "{pages} archived pages were removed"),
                Err(error) => tracing::warn!(%error, "the archive was not tidied"),
            }
        }
    }

    /// One round; answers how many pages went.
    pub async fn round(&self, stop: &CancellationToken) -> Result<u64, ArchiveError> {
        let mut removed = 0;
        loop {
            let mut groups = self.old().await?;
            groups.extend(self.nobodys().await?);
            groups.extend(self.too_much().await?);
            if groups.is_empty() || stop.is_cancelled() {
                return Ok(removed);
            }
            for group in groups {
                removed += remove(&self.database, self.blobs.as_ref(), group).await?;
            }
        }
    }

    fn today(&self) -> i32 {
        day_of(self.ambient.now())
    }

    async fn groups(&self, sql: &str, value: i64) -> Result<Vec<Uuid>, DbErr> {
        let statement = self.database.statement(sql, [value.into(), STEP.into()]);
        let rows = self.database.read().query_all_raw(statement).await?;
        rows.iter().map(|row| row.try_get("", "id")).collect()
    }

    async fn old(&self) -> Result<Vec<Uuid>, DbErr> {
        let first = i64::from(self.today()) - i64::from(self.limits.days);
        self.groups("SELECT id FROM archive_groups WHERE day < $1 ORDER BY day LIMIT $2", first)
            .await
    }

    /// Groups of days gone by without a page. Into those of today and yesterday somebody may just
    /// be writing.
    async fn nobodys(&self) -> Result<Vec<Uuid>, DbErr> {
        let sql = "SELECT g.id FROM archive_groups g WHERE g.day < $1 AND NOT EXISTS \
                   (SELECT 1 FROM archived_pages p WHERE p.group_id = g.id) LIMIT $2";
        self.groups(sql, i64::from(self.today()) - 1).await
    }

    /// The oldest groups of owners who have too much, until they have not; today's stay.
    async fn too_much(&self) -> Result<Vec<Uuid>, DbErr> {
        let sql = "SELECT id FROM (SELECT id, day, SUM(bytes) OVER \
                   (PARTITION BY user_id ORDER BY day DESC) AS newer FROM archive_groups) AS g \
                   WHERE newer > $1 AND day < $3 ORDER BY day LIMIT $2";
        let most = i64::try_from(self.limits.bytes_per_owner).unwrap_or(i64::MAX);
        let values = [most.into(), STEP.into(), i64::from(self.today()).into()];
        let rows = self.database.read().query_all_raw(self.database.statement(sql, values)).await?;
        rows.iter().map(|row| row.try_get("", "id")).collect()
    }
}

/// The archive could not be tidied now.
#[derive(Debug, thiserror::Error)]
#[error("archive cannot be tidied")]
pub struct ArchiveError(#[source] Box<dyn std::error::Error + Send + Sync>);

impl From<GroupError> for ArchiveError {
    fn from(error: GroupError) -> Self {
        Self(Box::new(error))
    }
}

impl From<DbErr> for ArchiveError {
    fn from(error: DbErr) -> Self {
        Self(Box::new(error))
    }
}
