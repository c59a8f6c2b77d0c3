//! Takes a decision about a host, and takes it back.

use serde_json::{Value, json};
use shared_kernel::{
    application::{Principal, RequestContext},
    domain::{AuditEntry, AuditOutcome, AuditTarget, AuditedEvent, DomainEvent, Permission},
};

use super::{HostsError, HostsModule};
use crate::domain::host::{HostDecision, HostName, HostRule};

impl HostsModule {
    /// Holds from now on, in all processes within seconds, in the place of an earlier decision.
    pub async fn decide(
        &self,
        who: &Principal,
        host: &str,
        decision: HostDecision,
    ) -> Result<HostRule, HostsError> {
        who.require(Permission::SystemWrite)?;
        let host: HostName = host.parse()?;
        decision.check().map_err(HostsError::Decision)?;
        let rule = HostRule {
            id: self.ambient.uuid(),
            host: host.as_str().to_owned(),
            decision,
            decided_at: self.ambient.now(),
        };
        let mut work = self.database.begin().await?;
        self.store.put(&mut work, &rule).await?;
        let details = json!({
            "blocked": rule.decision.blocked,
            "ignore_robots": rule.decision.ignore_robots,
            "requests_per_second": rule.decision.requests_per_second,
            "parallel": rule.decision.parallel,
            "reason": rule.decision.reason,
        });
        work.record(&self.audited(who, &rule.host, "host.decided", details)).await?;
        work.commit().await?;
        self.rules.changed().await;
        tracing::info!(host = %rule.host, "a decision about {} holds", rule.host);
        Ok(rule)
    }

    /// The host is treated as any other again.
    pub async fn release(&self, who: &Principal, host: &str) -> Result<(), HostsError> {
        who.require(Permission::SystemWrite)?;
        let host: HostName = host.parse().map_err(|_| HostsError::NotFound)?;
        let mut work = self.database.begin().await?;
        if !self.store.remove(&mut work, host.as_str()).await? {
            return Err(HostsError::NotFound);
        }
        work.record(&self.audited(who, host.as_str(), "host.released", json!({}))).await?;
        work.commit().await?;
        self.rules.changed().await;
        Ok(())
    }

    fn audited(
        &self,
        who: &Principal,
        host: &str,
        action: &'static str,
        details: Value,
    ) -> AuditedEvent {
        let (origin, at) = (RequestContext::current().origin(), self.ambient.now());
        let event = DomainEvent {
            id: self.ambient.id(),
            kind: action.to_owned(),
            version: 1,
            aggregate: "host".to_owned(),
            aggregate_id: host.to_owned(),
            user: None,
            payload: details.clone(),
            occurred_at: at,
            request_id: origin.request_id.clone(),
        };
        let entry = AuditEntry {
            id: self.ambient.id(),
            at,
            actor: who.actor(),
            action: action.into(),
            user: None,
            target: Some(AuditTarget { kind: "host".into(), id: host.to_owned() }),
            outcome: AuditOutcome::Success,
            reason: None,
            origin,
            details,
        };
        AuditedEvent { event, entry }
    }
}
