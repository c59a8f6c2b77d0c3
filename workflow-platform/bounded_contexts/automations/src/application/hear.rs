//! Hears of events, and has rules fire.

use std::{
    collections::{BTreeMap, HashSet},
    time::Duration,
};

use async_trait::async_trait;
use sea_orm::DbErr;
use serde_json::{Value, json};
use shared_kernel::{
    application::{EffectHandler, EntitlementsError, HandlerError},
    domain::{DomainEvent, Event, Execution, Id, Owner, Timestamp, is_public, patterns_of},
    infrastructure::db::UnitOfWork,
};

use super::{
    AutomationRow, AutomationService, DEEPEST, Expressions, Facts, Hit, MOST_FIRINGS_AN_HOUR,
    Refusal, StoreError,
};
use crate::domain::{Action, EVENT_ABSENT, Firing, FiringState, Rule, SCHEDULED, Verdict};

const HOUR: Duration = Duration::from_hours(1);
/// Longest name of a group that a threshold counts.
const LONGEST_GROUP: usize = 200;

/// Starts what its owner wants to be done. An event that comes twice fires once.
pub struct HearEvents(pub AutomationService);

/// Why an event was not heard now.
#[derive(Debug, thiserror::Error)]
pub enum HearError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Refused(#[from] Refusal),
    #[error(transparent)]
    Entitlements(#[from] EntitlementsError),
}

impl From<DbErr> for HearError {
    fn from(error: DbErr) -> Self {
        Self::Store(error.into())
    }
}

#[async_trait]
impl EffectHandler for HearEvents {
    fn name(&self) -> &'static str {
        "automations.hear"
    }

    fn wants(&self, kind: &str) -> bool {
        is_public(kind)
    }

    async fn concerned(&self, events: &[DomainEvent]) -> Result<Vec<bool>, HandlerError> {
        let owners: HashSet<Owner> = events.iter().filter_map(DomainEvent::owner).collect();
        let rows = self.0.listening(owners).await.map_err(HandlerError::new)?;
        let none = Vec::new();
        let concerns = |event: &DomainEvent| {
            let own = event.owner().and_then(|owner| rows.get(&owner.uuid())).unwrap_or(&none);
            own.iter().any(|row| self.0.is_met(row, event) != Ok(false))
        };
        Ok(events.iter().map(concerns).collect())
    }

    async fn perform(&self, event: &DomainEvent) -> Result<(), HandlerError> {
        self.0.hear(event).await.map_err(HandlerError::new)
    }
}

/// `trigger` in expressions.
pub(super) fn told(rule: &Value, event: &DomainEvent) -> Value {
    let kind = match event.kind.as_str() {
        SCHEDULED => "schedule",
        EVENT_ABSENT => "absence",
        _ => "event",
    };
    json!({
        "kind": kind,
        "automation_id": rule,
        "event": {
            "id": event.id,
            "kind": event.kind,
            "at": event.occurred_at,
            "payload": event.payload,
        },
    })
}

/// Whether the event is one that the rule listens to; an expression that fails is told.
pub(super) fn is_met(
    rule: &Rule,
    kind: &str,
    expressions: &dyn Expressions,
    facts: &Facts,
) -> Result<bool, String> {
    if !patterns_of(kind).contains(&rule.trigger.event) {
        return Ok(false);
    }
    let Some(condition) = &rule.trigger.condition else { return Ok(true) };
    match expressions.evaluate(condition, facts) {
        Ok(Value::Bool(met)) => Ok(met),
        Ok(other) => Err(format!("trigger.if: must give true or false, gave {}", short(&other))),
        Err(message) => Err(format!("trigger.if: {message}")),
    }
}

/// What the threshold counts the event with.
pub(super) fn group_of(
    rule: &Rule,
    expressions: &dyn Expressions,
    facts: &Facts,
) -> Result<String, String> {
    let by = rule.trigger.threshold.as_ref().and_then(|threshold| threshold.by.as_ref());
    let Some(by) = by else { return Ok(String::new()) };
    let value = expressions.evaluate(by, facts);
    let value = value.map_err(|message| format!("trigger.threshold.by: {message}"))?;
    Ok(short(&value))
}

/// The actions without expressions, or where one of them fails.
pub(super) fn rendered(
    rule: &Rule,
    expressions: &dyn Expressions,
    facts: &Facts,
) -> Result<Vec<Action>, String> {
    let render = |(index, action): (usize, &Action)| {
        action.filled(|name, value| {
            let filled = expressions.fill(value, facts);
            filled.map_err(|message| format!("actions[{index}].{name}: {message}"))
        })
    };
    rule.actions.iter().enumerate().map(render).collect()
}

fn short(value: &Value) -> String {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    text.chars().filter(|letter| *letter != '\0').take(LONGEST_GROUP).collect()
}

impl AutomationService {
    /// Enabled rules by owner.
    async fn listening(
        &self,
        owners: HashSet<Owner>,
    ) -> Result<BTreeMap<uuid::Uuid, Vec<AutomationRow>>, StoreError> {
        let owners: Vec<Owner> = owners.into_iter().collect();
        let mut found: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for row in self.ports.automations.listening(&owners).await? {
            found.entry(row.owner.uuid()).or_default().push(row);
        }
        Ok(found)
    }

    fn facts(&self, row: &AutomationRow, event: &DomainEvent) -> Facts {
        Facts { trigger: told(&json!(row.id), event), now: self.ports.ambient.now() }
    }

    pub(super) fn is_met(&self, row: &AutomationRow, event: &DomainEvent) -> Result<bool, String> {
        let facts = self.facts(row, event);
        is_met(&row.rule, &event.kind, self.ports.expressions.as_ref(), &facts)
    }

    async fn hear(&self, event: &DomainEvent) -> Result<(), HearError> {
        let Some(owner) = event.owner() else { return Ok(()) };
        for row in self.ports.automations.listening(&[owner]).await? {
            match (self.is_met(&row, event), &row.rule.trigger.absence) {
                (Ok(false), _) => {}
                (Ok(true), Some(absence)) => {
                    let due_at = event.occurred_at.plus(absence.within());
                    self.ports.automations.heard(row.id, due_at).await?;
                }
                (met, _) => self.answer(&row, event, met.err()).await?,
            }
        }
        Ok(())
    }

    /// One transaction writes what came of the rule, and sets its actions off.
    async fn answer(
        &self,
        row: &AutomationRow,
        event: &DomainEvent,
        fault: Option<String>,
    ) -> Result<(), HearError> {
        let ports = &self.ports;
        let facts = self.facts(row, event);
        let expressions = ports.expressions.as_ref();
        let depth = self.depth_of(row.owner, event).await?;
        let prepared = match fault {
            Some(reason) => Err(reason),
            None => group_of(&row.rule, expressions, &facts)
                .and_then(|group| Ok((group, rendered(&row.rule, expressions, &facts)?))),
        };
        let mut work = ports.database.begin().await?;
        let Some(held) = ports.automations.hold(&work, row.id).await? else {
            return Ok(work.roll_back().await?);
        };
        if ports.firings.answered(&work, row.id, event.id).await? {
            return Ok(work.roll_back().await?);
        }
        // The event is judged by the rule as it was when the event was heard.
        let row = AutomationRow { fired_at: held.fired_at, ..row.clone() };
        let firing = self.new_firing(&row, event.id, facts, depth);
        self.settle(&mut work, &row, event, firing, prepared).await?;
        Ok(work.commit().await?)
    }

    /// One that has not done anything yet.
    pub(super) fn new_firing(
        &self,
        row: &AutomationRow,
        event: Id<Event>,
        facts: Facts,
        depth: u32,
    ) -> Firing {
        Firing {
            id: self.ports.ambient.id(),
            automation: row.id,
            owner: row.owner,
            event,
            told: facts.trigger,
            state: FiringState::Pending,
            reason: None,
            actions: Vec::new(),
            outcomes: Vec::new(),
            depth,
            attempts: 0,
            fired_at: facts.now,
            ended_at: None,
        }
    }

    pub(super) async fn settle(
        &self,
        work: &mut UnitOfWork,
        row: &AutomationRow,
        event: &DomainEvent,
        firing: Firing,
        prepared: Result<(String, Vec<Action>), String>,
    ) -> Result<(), HearError> {
        let ports = &self.ports;
        let now = firing.fired_at;
        let group = prepared.as_ref().map(|(group, _)| group.as_str()).unwrap_or_default();
        match self.verdict(work, row, event, group, now).await? {
            Verdict::Counts(_) => return Ok(()),
            Verdict::Rests => return Ok(ports.automations.left_out(work, row.id).await?),
            Verdict::Fires => {}
        }
        let (count, held_back) = ports.firings.since(work, row.id, now.minus(HOUR)).await?;
        // A timetable has its own bounds.
        let count = if row.rule.trigger.schedule.is_some() { 0 } else { count };
        if let Some(reason) = too_much(firing.depth, count) {
            ports.automations.left_out(work, row.id).await?;
            if !held_back {
                let state = FiringState::HeldBack;
                let ended_at = Some(now);
                let firing = Firing { state, reason: Some(reason), ended_at, ..firing };
                ports.firings.insert(work, &firing).await?;
            }
            return Ok(());
        }
        ports.automations.fired(work, row.id, now).await?;
        match prepared {
            Err(reason) => {
                let state = FiringState::Failed;
                let ended_at = Some(now);
                let firing = Firing { state, reason: Some(reason), ended_at, ..firing };
                ports.firings.insert(work, &firing).await?;
            }
            Ok((_, actions)) => {
                let outcomes = vec![None; actions.len()];
                let firing = Firing { actions, outcomes, ..firing };
                ports.firings.insert(work, &firing).await?;
                work.record(&self.fired_event(&firing)).await?;
            }
        }
        Ok(())
    }

    /// What threshold and rest say.
    async fn verdict(
        &self,
        work: &UnitOfWork,
        row: &AutomationRow,
        event: &DomainEvent,
        group: &str,
        now: Timestamp,
    ) -> Result<Verdict, StoreError> {
        let ports = &self.ports;
        if let Some(threshold) = &row.rule.trigger.threshold {
            let at = event.occurred_at;
            let hit = Hit { automation: row.id, event: event.id, group: group.to_owned(), at };
            let within = Duration::from_secs(threshold.within_seconds.into());
            let counted = ports.firings.count(work, &hit, at.minus(within)).await?;
            if counted < threshold.count {
                return Ok(Verdict::Counts(counted));
            }
            ports.firings.forget_counted(work, row.id, group).await?;
        }
        Ok(if row.rule.rests(row.fired_at, now) { Verdict::Rests } else { Verdict::Fires })
    }

    fn fired_event(&self, firing: &Firing) -> DomainEvent {
        DomainEvent {
            id: self.ports.ambient.id(),
            kind: "automation.fired".to_owned(),
            version: 1,
            aggregate: "automation".to_owned(),
            // Firings of one rule need not wait for each other.
            aggregate_id: firing.id.to_string(),
            user: Some(firing.owner.user()),
            payload: json!({ "automation_id": firing.automation, "firing_id": firing.id }),
            occurred_at: firing.fired_at,
            request_id: None,
        }
    }

    /// One more than that of the execution which the event comes from.
    async fn depth_of(&self, owner: Owner, event: &DomainEvent) -> Result<u32, Refusal> {
        let cause = event.payload["execution_id"].as_str();
        let cause: Option<Id<Execution>> = cause.and_then(|id| id.parse().ok());
        let Some(cause) = cause else { return Ok(0) };
        let depth = self.ports.workflows.depth_of(owner, cause).await?;
        Ok(depth.map_or(0, |depth| depth.saturating_add(1)))
    }
}

/// Why a rule is held back.
fn too_much(depth: u32, count: u32) -> Option<String> {
    if depth > DEEPEST {
        return Some(format!("runs set each other off more than {DEEPEST} deep"));
    }
    let often = count >= MOST_FIRINGS_AN_HOUR;
    often.then(|| format!("the automation fired {MOST_FIRINGS_AN_HOUR} times within an hour"))
}
