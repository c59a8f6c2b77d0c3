//! Lists the triggers of a definition.

use std::{fmt, time::Duration};

use shared_kernel::{
    application::Principal,
    domain::{Owner, Page, PageRequest, Permission, Timestamp},
};
use tracing::warn;
use uuid::Uuid;

use super::{Hook, NamedTrigger, TriggerRow, TriggerService};
use crate::{
    application::executions::ExecutionsError,
    domain::definition::{Schedule, Trigger},
};

/// Runs shown ahead.
const AHEAD: usize = 10;

/// A trigger and when it runs next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TriggerDetails {
    pub id: Uuid,
    pub spec: Trigger,
    pub paused: bool,
    /// Empty while it is paused.
    pub next_runs: Vec<Timestamp>,
    /// The plan has runs at least so far apart, and the schedule asks for more.
    pub held_to: Option<Duration>,
    pub hook: Option<HookDetails>,
}

/// A trigger and the definition it starts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedDetails {
    pub definition_id: Uuid,
    pub definition_name: String,
    pub trigger: TriggerDetails,
}

/// How a webhook is called.
#[derive(Clone, PartialEq, Eq)]
pub struct HookDetails {
    /// The last part of its address.
    pub token: String,
    /// `whsec_…` of Standard Webhooks; absent when calls are not signed.
    pub secret: Option<String>,
}

impl fmt::Debug for HookDetails {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HookDetails")
    }
}

impl TriggerService {
    /// The triggers of one of the caller's definitions.
    pub async fn list(
        &self,
        who: &Principal,
        definition: Uuid,
    ) -> Result<Vec<TriggerDetails>, ExecutionsError> {
        who.require(Permission::WorkflowRead)?;
        let found = self.ports.definitions.newest(who.owner(), definition).await?;
        found.ok_or(ExecutionsError::NoDefinition)?;
        let now = self.ports.ambient.now();
        let rows = self.ports.store.of(who.owner(), &[definition]).await?;
        let least = self.least(who.owner()).await?;
        Ok(rows.into_iter().map(|row| self.details(may_see(who, row), least, now)).collect())
    }

    /// The triggers of all of the caller's definitions, the newest first.
    pub async fn list_all(
        &self,
        who: &Principal,
        page: PageRequest,
    ) -> Result<Page<NamedDetails>, ExecutionsError> {
        who.require(Permission::WorkflowRead)?;
        let now = self.ports.ambient.now();
        let found = self.ports.store.all(who.owner(), page).await?;
        let least = self.least(who.owner()).await?;
        Ok(found.map(|one| self.named(who, one, least, now)))
    }

    pub(super) fn named(
        &self,
        who: &Principal,
        NamedTrigger { row, definition_name, .. }: NamedTrigger,
        least: Duration,
        now: Timestamp,
    ) -> NamedDetails {
        NamedDetails {
            definition_id: row.definition_id,
            definition_name,
            trigger: self.details(may_see(who, row), least, now),
        }
    }

    /// The shortest time from one run of a schedule of theirs to the next.
    pub(super) async fn least(&self, owner: Owner) -> Result<Duration, ExecutionsError> {
        Ok(self.ports.entitlements.schedule_interval(owner).await?)
    }

    pub(super) fn details(
        &self,
        row: TriggerRow,
        least: Duration,
        now: Timestamp,
    ) -> TriggerDetails {
        let next_runs = if row.paused { Vec::new() } else { upcoming(&row, least, now) };
        let held_to = Some(least).filter(|least| is_too_often(&row.spec, *least, now));
        let hook = row.hook.as_ref().map(|hook| HookDetails {
            token: hook.token.clone(),
            secret: hook.secret.as_deref().and_then(|sealed| self.open(row.id, sealed)),
        });
        TriggerDetails { id: row.id, next_runs, held_to, spec: row.spec, paused: row.paused, hook }
    }

    /// The secret of a webhook; a key that changed is logged, and the secret cannot be shown.
    pub(super) fn open(&self, trigger: Uuid, sealed: &str) -> Option<String> {
        let opened = self.ports.sealer.open(&Hook::place(trigger), sealed);
        let text = opened.map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
        text.inspect_err(|error| {
            warn!(error = error as &dyn std::error::Error, "secret of a webhook cannot be opened");
        })
        .ok()
    }
}

/// Who may not run workflows is not told how their webhooks are called.
fn may_see(who: &Principal, row: TriggerRow) -> TriggerRow {
    let may_call = who.require(Permission::WorkflowRun).is_ok();
    TriggerRow { hook: row.hook.filter(|_| may_call), ..row }
}

/// The first is known; what is due and was not handled yet is left out.
fn upcoming(row: &TriggerRow, least: Duration, now: Timestamp) -> Vec<Timestamp> {
    let Ok(schedule) = Schedule::of(&row.spec) else { return Vec::new() };
    schedule.upcoming(after_the_handled(row, now), least, AHEAD)
}

/// The time after which its next ticks are.
pub(super) fn after_the_handled(row: &TriggerRow, now: Timestamp) -> Timestamp {
    match row.due_at {
        Some(due_at) if due_at > now => due_at.minus(Duration::from_micros(1)),
        _ => now,
    }
}

/// Whether a schedule asks for more than to run so far apart.
pub(super) fn is_too_often(spec: &Trigger, least: Duration, now: Timestamp) -> bool {
    let schedule = Schedule::of(spec).ok();
    let gap = schedule.and_then(|schedule| schedule.shortest_gap(now));
    gap.is_some_and(|gap| gap < least)
}
