//! What is counted of fetches, and how the hosts stand in this process.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use shared_kernel::application::{FetchOutcome, Reading, Readings};

use super::{PoliteFetcher, gate::Ease};

/// A fetch that never left, by a rule of ours.
const REFUSED: &str = "refused";

/// One fetch, with all its hops.
pub(super) fn fetched(outcome: Option<FetchOutcome>, elapsed: Duration) {
    let outcome = outcome.map_or(REFUSED, FetchOutcome::name);
    metrics::counter!("fetches_total", "outcome" => outcome).increment(1);
    metrics::histogram!("fetch_duration_seconds").record(elapsed);
}

/// One hop had its turn.
pub(super) fn waited(elapsed: Duration) {
    metrics::histogram!("fetch_turn_wait_seconds").record(elapsed);
}

/// Series that are there before anything happened, so that a first time is an increase.
pub fn register_metrics() {
    let outcomes = FetchOutcome::ALL.map(FetchOutcome::name).into_iter().chain([REFUSED]);
    for outcome in outcomes {
        metrics::counter!("fetches_total", "outcome" => outcome).increment(0);
    }
    for name in ["archive_pages_total", "archive_pages_lost_total"] {
        metrics::counter!(name).increment(0);
    }
}

struct HostReadings(Arc<PoliteFetcher>);

/// Hosts that somebody went to lately, by how they are treated. Which host it is stands in no
/// label: users choose them.
pub fn host_readings(fetcher: Arc<PoliteFetcher>) -> Arc<dyn Readings> {
    Arc::new(HostReadings(fetcher))
}

#[async_trait]
impl Readings for HostReadings {
    fn name(&self) -> &'static str {
        "hosts"
    }

    fn every(&self) -> Duration {
        Duration::from_secs(15)
    }

    async fn read(&self) -> Result<Vec<Reading>, Box<dyn std::error::Error + Send + Sync>> {
        let counts = self.0.gates.eases();
        Ok(Ease::ALL
            .into_iter()
            .map(|ease| {
                let count = counts.iter().filter(|one| **one == ease).count();
                let count = f64::from(u32::try_from(count).unwrap_or(u32::MAX));
                Reading::labelled("fetch_hosts", ("state", ease.as_str()), count)
            })
            .collect())
    }
}
