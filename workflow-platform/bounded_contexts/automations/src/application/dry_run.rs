//! Shows what a rule would do, and does nothing.

use serde_json::{Value, json};
use shared_kernel::{
    application::Principal,
    domain::{DomainEvent, Id, Owner, Permission, Timestamp, is_public},
};

use super::{
    AutomationError, AutomationService, Facts,
    check::check_rule,
    due::due_event,
    hear::{group_of, is_met, rendered, told},
};
use crate::domain::{Action, Automation, Gate, Rule, Verdict};

/// With what a rule is tried.
#[derive(Debug, Clone)]
pub enum DryRun {
    /// The owner's latest so many events.
    Latest(u32),
    /// One that is made up.
    Event { kind: String, payload: Value },
}

/// What the rule would have made of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TriedEvent {
    /// It does not listen to such events, or its condition is not met.
    Ignored,
    /// So many were counted by then.
    Counted(u32),
    Rested,
    Fired,
    /// An expression fails.
    Failed,
}

/// One event and what would have come of it.
#[derive(Debug, Clone)]
pub struct Tried {
    pub event: DomainEvent,
    pub outcome: TriedEvent,
    /// What fails.
    pub reason: Option<String>,
    /// As they would have been done.
    pub actions: Vec<Action>,
}

impl AutomationService {
    /// Tries a rule that need not be kept.
    pub async fn try_rule(
        &self,
        who: &Principal,
        rule: &Rule,
        with: DryRun,
    ) -> Result<Vec<Tried>, AutomationError> {
        who.require(Permission::AutomationRead)?;
        check_rule(rule, &self.ports)?;
        self.tried(who.owner(), &Value::Null, rule, with).await
    }

    /// Tries a rule that is kept.
    pub async fn try_kept(
        &self,
        who: &Principal,
        id: Id<Automation>,
        with: DryRun,
    ) -> Result<Vec<Tried>, AutomationError> {
        who.require(Permission::AutomationRead)?;
        let row = self.owned(who.owner(), id).await?;
        self.tried(who.owner(), &json!(row.id), &row.rule, with).await
    }

    /// The newest first.
    async fn tried(
        &self,
        owner: Owner,
        id: &Value,
        rule: &Rule,
        with: DryRun,
    ) -> Result<Vec<Tried>, AutomationError> {
        let now = self.ports.ambient.now();
        if rule.trigger.schedule.is_some() || rule.trigger.absence.is_some() {
            return Ok(vec![self.try_timed(owner, id, rule, &with)?]);
        }
        let events = match with {
            DryRun::Latest(most) => self.ports.recent.latest(owner, most).await?,
            DryRun::Event { kind, payload } => vec![self.made_up(owner, kind, payload, now)?],
        };
        let mut gate = Gate::new(rule);
        let oldest_first = events.into_iter().rev();
        let mut tried: Vec<Tried> = oldest_first
            .map(|event| {
                let facts = Facts { trigger: told(id, &event), now };
                self.try_once(rule, event, &facts, &mut gate)
            })
            .collect();
        tried.reverse();
        Ok(tried)
    }

    /// As if its time came now, whatever happened lately.
    fn try_timed(
        &self,
        owner: Owner,
        id: &Value,
        rule: &Rule,
        with: &DryRun,
    ) -> Result<Tried, AutomationError> {
        if matches!(with, DryRun::Event { .. }) {
            return Err(AutomationError::field("event", "is not what sets this automation off"));
        }
        let now = self.ports.ambient.now();
        let event = due_event(rule, owner, now, &self.ports.ambient);
        let facts = Facts { trigger: told(id, &event), now };
        Ok(match rendered(rule, self.ports.expressions.as_ref(), &facts) {
            Ok(actions) => Tried { event, outcome: TriedEvent::Fired, reason: None, actions },
            Err(reason) => {
                let (outcome, reason) = (TriedEvent::Failed, Some(reason));
                Tried { event, outcome, reason, actions: Vec::new() }
            }
        })
    }

    fn made_up(
        &self,
        owner: Owner,
        kind: String,
        payload: Value,
        now: Timestamp,
    ) -> Result<DomainEvent, AutomationError> {
        if !is_public(&kind) {
            return Err(AutomationError::field("event.kind", "is no event of the catalogue"));
        }
        Ok(DomainEvent {
            id: self.ports.ambient.id(),
            kind,
            version: 1,
            aggregate: String::new(),
            aggregate_id: String::new(),
            user: Some(owner.user()),
            payload,
            occurred_at: now,
            request_id: None,
        })
    }

    fn try_once(
        &self,
        rule: &Rule,
        event: DomainEvent,
        facts: &Facts,
        gate: &mut Gate<'_>,
    ) -> Tried {
        let expressions = self.ports.expressions.as_ref();
        let mut judge = || -> Result<(TriedEvent, Vec<Action>), String> {
            if !is_met(rule, &event.kind, expressions, facts)? {
                return Ok((TriedEvent::Ignored, Vec::new()));
            }
            let group = group_of(rule, expressions, facts)?;
            Ok(match gate.admit(&group, event.occurred_at) {
                Verdict::Counts(counted) => (TriedEvent::Counted(counted), Vec::new()),
                Verdict::Rests => (TriedEvent::Rested, Vec::new()),
                Verdict::Fires => (TriedEvent::Fired, rendered(rule, expressions, facts)?),
            })
        };
        let (outcome, actions, reason) = match judge() {
            Ok((outcome, actions)) => (outcome, actions, None),
            Err(reason) => (TriedEvent::Failed, Vec::new(), Some(reason)),
        };
        Tried { event, outcome, reason, actions }
    }
}
