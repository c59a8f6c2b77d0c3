//! `doctor`: checks once what must always hold.

use std::process::ExitCode;

use tokio_util::sync::CancellationToken;

use super::start::logs;
use crate::{config::Config, container::Platform};

/// Audits everything there is, and says what does not hold. Nothing is changed; processes may run
/// meanwhile.
pub async fn examine(config: Config) -> anyhow::Result<ExitCode> {
    let _logs = logs(&config)?;
    let platform = Platform::build(config, CancellationToken::new()).await?;
    let audit = platform.workflow.audit();
    let mut findings = audit.overdue().await?;
    let (mut executions, mut after) = (0, None);
    loop {
        let round = audit.round(after).await?;
        executions += round.executions;
        findings.extend(round.findings);
        after = round.next;
        if after.is_none() {
            break;
        }
    }
    for finding in &findings {
        println!("{}  {}  {}", finding.invariant.as_str(), finding.subject, finding.detail);
    }
    println!("{executions} executions examined, {} findings", findings.len());
    platform.close().await?;
    Ok(if findings.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
