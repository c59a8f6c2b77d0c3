//! Forgets files whose time is over, and content that belongs to none.

use std::time::Duration;

use tokio_util::sync::CancellationToken;
use tracing::{info, warn};
use uuid::Uuid;

use super::{FilesError, FilesModule};

/// Between two rounds.
const EVERY: Duration = Duration::from_mins(10);
/// Statements of one round at most; each moves a bounded number of rows.
const ROUND: usize = 50;

impl FilesModule {
    /// Forgets what is over from time to time, until told to stop. May run in any number of
    /// processes.
    pub async fn run(self, stop: CancellationToken) {
        loop {
            match self.sweep().await {
                Ok(0) => {}
                Ok(removed) => info!(removed, "{removed} uploaded files were forgotten"),
                Err(error) => warn!(error = ?error, "uploaded files could not be forgotten"),
            }
            tokio::select! {
                () = stop.cancelled() => break,
                () = tokio::time::sleep(EVERY) => {}
            }
        }
    }

    /// One round. Answers how many groups of blobs are gone.
    pub async fn sweep(&self) -> Result<u64, FilesError> {
        let now = self.ambient.now();
        for _ in 0..ROUND {
            if self.store.expire(now).await? == 0 {
                break;
            }
        }
        let mut removed = 0;
        for _ in 0..ROUND {
            let groups = self.store.left_over(now).await?;
            if groups.is_empty() {
                break;
            }
            for group in groups {
                self.blobs.remove(group).await?;
                self.store.settle(group).await?;
                removed += 1;
            }
        }
        Ok(removed)
    }

    /// Removes a group's blobs now. What fails is left for the next round.
    pub(super) async fn forget(&self, group: Uuid) {
        let removed = async {
            self.blobs.remove(group).await?;
            self.store.settle(group).await?;
            Ok::<_, FilesError>(())
        };
        if let Err(error) = removed.await {
            warn!(error = ?error, "blobs of {group} stay until the next round");
        }
    }
}
