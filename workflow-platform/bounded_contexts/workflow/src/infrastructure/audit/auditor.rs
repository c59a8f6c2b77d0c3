//! Audits in the background, a little at a time.

use std::{collections::BTreeMap, time::Duration};

use shared_kernel::domain::{Execution, Id};
use tokio_util::sync::CancellationToken;
use tracing::{error, warn};

use crate::application::{
    audit::{AuditService, Finding, Invariant},
    executions::StoreError,
};

/// Audits until told to stop, a page of executions every so often.
pub async fn run_auditor(audit: AuditService, every: Duration, stop: CancellationToken) {
    let mut after = None;
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(every) => {}
        }
        match round(&audit, after).await {
            Ok((findings, next)) => {
                tell(&findings);
                after = next;
            }
            Err(error) => {
                warn!(error = &error as &dyn std::error::Error, "audit waits for another try");
            }
        }
    }
}

async fn round(
    audit: &AuditService,
    after: Option<Id<Execution>>,
) -> Result<(Vec<Finding>, Option<Id<Execution>>), StoreError> {
    let mut findings = audit.overdue().await?;
    let round = audit.round(after).await?;
    findings.extend(round.findings);
    Ok((findings, round.next))
}

/// A number for each invariant, also where it is none, so that an alert can end.
fn tell(findings: &[Finding]) {
    let mut counts: BTreeMap<_, u32> = Invariant::ALL.map(|invariant| (invariant, 0)).into();
    for finding in findings {
        *counts.entry(finding.invariant).or_default() += 1;
        error!(
            invariant = finding.invariant.as_str(),
            subject = finding.subject,
            "audit: {}",
            finding.detail
        );
    }
    metrics::counter!("workflow_audit_rounds_total").increment(1);
    for (invariant, count) in counts {
        let name = invariant.as_str();
        metrics::gauge!("workflow_audit_findings", "invariant" => name).set(f64::from(count));
    }
}
