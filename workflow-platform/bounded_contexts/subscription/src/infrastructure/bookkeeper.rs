//! Makes sure of the books by and by, and writes down what it found.

use std::{sync::Arc, time::Duration};

use shared_kernel::{
    domain::Ambient,
    infrastructure::{
        db::Database,
        invariants::{checked, note_checked},
    },
};
use tokio_util::sync::CancellationToken;
use tracing::{error, warn};

use crate::application::{SubscriptionModule, ports::Differences};

/// Between two checks, by whichever process.
const EVERY: Duration = Duration::from_hours(1);
/// Between two looks at whether one is due.
const LOOK_EVERY: Duration = Duration::from_mins(1);
/// The invariant whose time tells when the books were checked.
const LEDGER: &str = "ledger_balanced";

type Failed = Box<dyn std::error::Error + Send + Sync>;

/// Checks the books. May run in any number of processes.
pub struct Bookkeeper {
    pub module: Arc<SubscriptionModule>,
    pub database: Database,
    pub ambient: Ambient,
}

impl Bookkeeper {
    /// Checks until told to stop.
    pub async fn run(self, stop: CancellationToken) {
        let mut looks = tokio::time::interval(LOOK_EVERY);
        while stop.run_until_cancelled(looks.tick()).await.is_some() {
            if let Err(error) = self.check_when_due().await {
                warn!(error = &*error as &dyn std::error::Error, "the books were not checked");
            }
        }
    }

    /// True when it was due.
    pub async fn check_when_due(&self) -> Result<bool, Failed> {
        let now = self.ambient.now();
        let last = checked(&self.database).await?.into_iter().find(|one| one.name == LEDGER);
        if last.is_some_and(|last| now.since(last.checked_at) < EVERY) {
            return Ok(false);
        }
        let found = self.module.differences().await?;
        let Differences {
            unbalanced_postings,
            invoices_off,
            credits_off,
            refunds_off,
            missing_numbers,
        } = found;
        let found = [
            (LEDGER, unbalanced_postings),
            ("invoices_agree", invoices_off),
            ("credits_agree", credits_off),
            ("refunds_agree", refunds_off),
            ("numbers_gapless", missing_numbers),
        ];
        for (invariant, broken) in found.into_iter().filter(|(_, broken)| *broken > 0) {
            error!(
                invariant,
                broken, "the books do not agree: {invariant} is broken {broken} times"
            );
        }
        note_checked(&self.database, &found, now).await?;
        Ok(true)
    }
}
