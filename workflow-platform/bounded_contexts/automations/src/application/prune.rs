//! Forgets what is old.

use std::time::Duration;

use tokio_util::sync::CancellationToken;
use tracing::warn;

use super::{AutomationService, StoreError};

/// How long firings, notes and deliveries are kept.
const KEPT: Duration = Duration::from_hours(30 * 24);
const EVERY: Duration = Duration::from_mins(10);
/// Rows removed at once, and how often in a row.
const AT_ONCE: u32 = 500;
const ROUNDS: u32 = 20;

impl AutomationService {
    /// Removes firings, notes and deliveries of more than 30 days ago, a bounded number; tells how many.
    pub async fn prune(&self) -> Result<u64, StoreError> {
        let before = self.ports.ambient.now().minus(KEPT);
        let firings = self.ports.firings.prune(before, AT_ONCE).await?;
        let notes = self.ports.notifications.prune(before, AT_ONCE).await?;
        let deliveries = self.ports.webhooks.prune(before, AT_ONCE).await?;
        Ok(firings + notes + deliveries)
    }

    /// Gives the rules of the house to all, and forgets what is old, until told to stop. May run in any number of processes.
    pub async fn run(self, stop: CancellationToken) {
        let mut laps = tokio::time::interval(EVERY);
        while stop.run_until_cancelled(laps.tick()).await.is_some() {
            self.furnish(&stop).await;
            for _ in 0..ROUNDS {
                match self.prune().await {
                    Ok(0) => break,
                    Ok(_) => {}
                    Err(error) => {
                        let error = &error as &dyn std::error::Error;
                        warn!(error, "old firings could not be removed");
                        break;
                    }
                }
            }
        }
    }
}
