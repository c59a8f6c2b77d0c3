//! Audits in the background, a little at a time.

use std::{collections::BTreeMap, time::Duration};

use shared_kernel::{
    domain::{Ambient, Execution, Id},
    infrastructure::{db::Database, invariants::note_checked},
};
use tokio_util::sync::CancellationToken;
use tracing::{error, warn};

use crate::application::{
    audit::{AuditService, Finding, Invariant},
    executions::StoreError,
};

type Counts = BTreeMap<Invariant, u32>;

/// Audits, and says what it finds.
pub struct Auditor {
    pub audit: AuditService,
    pub database: Database,
    pub ambient: Ambient,
    pub every: Duration,
}

/// A lap over all executions, in pages. What was found on an earlier page stays found until the lap
/// is over.
#[derive(Debug, Default)]
struct Lap {
    after: Option<Id<Execution>>,
    so_far: Counts,
    before: Counts,
}

impl Lap {
    /// Takes a page; gives what is known to be broken now.
    fn page(&mut self, findings: &[Finding], next: Option<Id<Execution>>) -> Counts {
        for finding in findings {
            *self.so_far.entry(finding.invariant).or_default() += 1;
        }
        self.after = next;
        if next.is_none() {
            self.before = std::mem::take(&mut self.so_far);
            return self.before.clone();
        }
        let mut known = self.before.clone();
        for (invariant, count) in &self.so_far {
            let entry = known.entry(*invariant).or_default();
            *entry = (*entry).max(*count);
        }
        known
    }
}

impl Auditor {
    /// Audits until told to stop, a page of executions every so often.
    pub async fn run(self, stop: CancellationToken) {
        let mut lap = Lap::default();
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(self.every) => {}
            }
            match self.round(&mut lap).await {
                Ok(counts) => self.tell(&counts).await,
                Err(error) => {
                    warn!(error = &error as &dyn std::error::Error, "audit waits for another try");
                }
            }
        }
    }

    /// A number for each invariant, also where it is none, so that an alert can end.
    async fn round(&self, lap: &mut Lap) -> Result<Counts, StoreError> {
        let overdue = self.audit.overdue().await?;
        let round = self.audit.round(lap.after).await?;
        for Finding { invariant, subject, detail } in overdue.iter().chain(&round.findings) {
            error!(invariant = invariant.as_str(), subject, "audit: {detail}");
        }
        let mut counts: Counts = Invariant::ALL.map(|invariant| (invariant, 0)).into();
        counts.extend(lap.page(&round.findings, round.next));
        for finding in overdue {
            *counts.entry(finding.invariant).or_default() += 1;
        }
        Ok(counts)
    }

    async fn tell(&self, counts: &Counts) {
        metrics::counter!("workflow_audit_rounds_total").increment(1);
        for (invariant, count) in counts {
            let name = invariant.as_str();
            metrics::gauge!("workflow_audit_findings", "invariant" => name).set(f64::from(*count));
        }
        let found = counts.iter().map(|(invariant, count)| (invariant.as_str(), u64::from(*count)));
        let found: Vec<_> = found.collect();
        if let Err(error) = note_checked(&self.database, &found, self.ambient.now()).await {
            warn!(%error, "others do not see what the audit found");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(invariant: Invariant) -> Finding {
        Finding { invariant, subject: String::new(), detail: String::new() }
    }

    #[test]
    fn what_is_broken_stays_so_until_a_lap_finds_it_whole() {
        let (mut lap, page) = (Lap::default(), Some(Id::from(uuid::Uuid::from_u128(7))));
        let owned = Counts::from([(Invariant::Owned, 1)]);
        assert_eq!(lap.page(&[found(Invariant::Owned)], page), owned);
        assert_eq!(lap.page(&[], None), owned);
        assert_eq!(lap.page(&[], page), owned, "the page it stands on comes later");
        assert_eq!(lap.page(&[], None), Counts::new());
    }
}
