//! Lists the triggers of a definition.

use shared_kernel::{
    application::Principal,
    domain::{Permission, Timestamp},
};
use uuid::Uuid;

use super::{TriggerRow, TriggerService};
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
        Ok(rows.into_iter().map(|row| TriggerDetails::of(row, now)).collect())
    }
}

impl TriggerDetails {
    pub(super) fn of(row: TriggerRow, now: Timestamp) -> Self {
        let next_runs = if row.paused { Vec::new() } else { upcoming(&row.spec, now) };
        Self { id: row.id, next_runs, spec: row.spec, paused: row.paused }
    }
}

fn upcoming(spec: &Trigger, now: Timestamp) -> Vec<Timestamp> {
    Schedule::of(spec).map(|schedule| schedule.upcoming(now, AHEAD)).unwrap_or_default()
}
