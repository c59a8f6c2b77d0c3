//! Has rules fire at their times: those with a timetable, and those that miss an event.

use std::time::Duration;

use serde_json::json;
use shared_kernel::domain::{Ambient, DomainEvent, Owner, Timestamp};
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;
use tracing::warn;

use super::{
    AutomationRow, AutomationService, Facts, Schedules, StoreError,
    hear::{HearError, rendered, told},
};
use crate::domain::{Absence, EVENT_ABSENT, Rule, SCHEDULED, Timetable};

const POLL: Duration = Duration::from_secs(1);
/// Rules looked at with one statement, and how often in a row.
const AT_ONCE: u32 = 50;
const ROUNDS: u32 = 20;
/// Latest events of the owner that are looked through before one is called absent: what happened
/// may not have been heard of yet.
const LOOKED_THROUGH: u32 = 100;

/// When the rule is due if it is kept now; `None` of those that wait for an event alone.
pub(super) fn due_from(
    rule: &Rule,
    schedules: &dyn Schedules,
    now: Timestamp,
) -> Option<Timestamp> {
    let trigger = &rule.trigger;
    match (&trigger.schedule, &trigger.absence) {
        (Some(timetable), _) => schedules.next_after(timetable, now).ok().flatten(),
        (None, Some(absence)) => Some(now.plus(absence.within())),
        (None, None) => None,
    }
}

/// What sets such a rule off, at its time.
pub(super) fn due_event(
    rule: &Rule,
    owner: Owner,
    due_at: Timestamp,
    ambient: &Ambient,
) -> DomainEvent {
    let (kind, payload) = match &rule.trigger.absence {
        Some(absence) => {
            let payload = json!({
                "event": rule.trigger.event,
                "within_seconds": absence.within_seconds,
                "since": due_at.minus(absence.within()),
            });
            (EVENT_ABSENT, payload)
        }
        None => (SCHEDULED, json!({ "due_at": due_at })),
    };
    DomainEvent {
        id: ambient.id(),
        kind: kind.to_owned(),
        version: 1,
        aggregate: "automation".to_owned(),
        aggregate_id: String::new(),
        user: Some(owner.user()),
        payload,
        occurred_at: due_at,
        request_id: None,
    }
}

impl AutomationService {
    /// Until told to stop. May run in any number of processes.
    pub async fn run_timed(self, stop: CancellationToken) {
        let mut laps = tokio::time::interval(POLL);
        laps.set_missed_tick_behavior(MissedTickBehavior::Delay);
        while stop.run_until_cancelled(laps.tick()).await.is_some() {
            if let Err(error) = Box::pin(self.fire_due()).await {
                let error = &error as &dyn std::error::Error;
                warn!(error, "automations that are due could not fire");
            }
        }
    }

    /// Has rules fire whose time has come, a bounded number; tells how many did.
    pub async fn fire_due(&self) -> Result<usize, HearError> {
        let mut fired = 0;
        for _ in 0..ROUNDS {
            let now = self.ports.ambient.now();
            let rows = self.ports.automations.due(now, AT_ONCE).await?;
            for row in &rows {
                fired += usize::from(self.fire_timed(row, now).await?);
            }
            if rows.len() < usize::try_from(AT_ONCE).unwrap_or(usize::MAX) {
                break;
            }
        }
        Ok(fired)
    }

    /// One transaction moves the rule's time on and writes what came of it, so that no time counts
    /// twice. Times that passed while nobody looked count as one.
    async fn fire_timed(&self, row: &AutomationRow, now: Timestamp) -> Result<bool, HearError> {
        let ports = &self.ports;
        let Some(due_at) = row.due_at else { return Ok(false) };
        let heard = match &row.rule.trigger.absence {
            Some(absence) => self.heard_after(row, absence, due_at).await?,
            None => None,
        };
        let next = match &row.rule.trigger.schedule {
            Some(timetable) => self.next_due(row.owner, timetable, due_at, now).await?,
            None => heard,
        };
        let mut work = ports.database.begin().await?;
        let held = ports.automations.hold(&work, row.id).await?;
        let Some(held) = held.filter(|held| held.due_at == row.due_at) else {
            work.roll_back().await?;
            return Ok(false);
        };
        ports.automations.set_due(&work, row.id, next).await?;
        if heard.is_none() {
            let event = due_event(&held.rule, held.owner, due_at, &ports.ambient);
            let facts = Facts { trigger: told(&json!(held.id), &event), now };
            let actions = rendered(&held.rule, ports.expressions.as_ref(), &facts);
            let firing = self.new_firing(&held, event.id, facts, 0);
            let prepared = actions.map(|actions| (String::new(), actions));
            self.settle(&mut work, &held, &event, firing, prepared).await?;
        }
        work.commit().await?;
        Ok(heard.is_none())
    }

    /// The next time of a timetable that is as far from the last as the plan has it.
    async fn next_due(
        &self,
        owner: Owner,
        timetable: &Timetable,
        last: Timestamp,
        now: Timestamp,
    ) -> Result<Option<Timestamp>, HearError> {
        let least = self.ports.entitlements.schedule_interval(owner).await?;
        let early = least.saturating_sub(Duration::from_micros(1));
        let after = now.max(last.plus(early));
        Ok(self.ports.schedules.next_after(timetable, after).ok().flatten())
    }

    /// When the event is due to be missed, if it happened after all.
    async fn heard_after(
        &self,
        row: &AutomationRow,
        absence: &Absence,
        due_at: Timestamp,
    ) -> Result<Option<Timestamp>, StoreError> {
        let since = due_at.minus(absence.within());
        let latest = self.ports.recent.latest(row.owner, LOOKED_THROUGH).await?;
        let is_one =
            |event: &&DomainEvent| event.occurred_at > since && self.is_met(row, event) == Ok(true);
        let newest = latest.iter().filter(is_one).map(|event| event.occurred_at).max();
        Ok(newest.map(|at| at.plus(absence.within())))
    }
}
