//! Lists the triggers of a definition.

use shared_kernel::{
    application::Principal,
    domain::{Permission, Timestamp},
};
use uuid::Uuid;

use super::TriggerService;
use crate::{
    application::executions::ExecutionsError,
    domain::definition::{CronTrigger, Schedule},
};

/// Runs shown ahead.
const AHEAD: usize = 5;

/// A trigger and when it runs next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TriggerDetails {
    pub id: Uuid,
    pub spec: CronTrigger,
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
        Ok(rows
            .into_iter()
            .map(|row| TriggerDetails {
                id: row.id,
                next_runs: if row.paused { Vec::new() } else { upcoming(&row.spec, now) },
                spec: row.spec,
                paused: row.paused,
            })
            .collect())
    }
}

fn upcoming(spec: &CronTrigger, now: Timestamp) -> Vec<Timestamp> {
    Schedule::of(spec).map(|schedule| schedule.upcoming(now, AHEAD)).unwrap_or_default()
}
