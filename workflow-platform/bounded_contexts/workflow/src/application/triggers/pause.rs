//! Stops a trigger, and lets it go on.

use shared_kernel::{
    application::Principal,
    domain::{Owner, Permission},
};
use uuid::Uuid;

use super::{TriggerDetails, TriggerRow, TriggerService};
use crate::{application::executions::ExecutionsError, domain::definition::Schedule};

impl TriggerService {
    /// No tick is handled from now on. Pausing twice changes nothing.
    pub async fn pause(
        &self,
        who: &Principal,
        id: Uuid,
    ) -> Result<TriggerDetails, ExecutionsError> {
        who.require(Permission::WorkflowWrite)?;
        self.pause_for(who.owner(), id).await
    }

    /// As `pause`, for an owner whom the caller has made sure of.
    pub async fn pause_for(
        &self,
        owner: Owner,
        id: Uuid,
    ) -> Result<TriggerDetails, ExecutionsError> {
        let found = self.ports.store.find(owner, id).await?;
        let row = found.ok_or(ExecutionsError::NoTrigger)?;
        self.set_paused(TriggerRow { paused: true, ..row }).await
    }

    /// The next tick is the first after now: those of the pause were not wanted. Refused where the
    /// plan includes no schedule that is due as often.
    pub async fn resume(
        &self,
        who: &Principal,
        id: Uuid,
    ) -> Result<TriggerDetails, ExecutionsError> {
        who.require(Permission::WorkflowWrite)?;
        let row = self.owned(who, id).await?;
        let now = self.ports.ambient.now();
        if !row.paused {
            let least = self.least(row.owner).await?;
            return Ok(self.details(row, least, now));
        }
        let schedule = Schedule::of(&row.spec).ok();
        if let Some(gap) = schedule.as_ref().and_then(|schedule| schedule.shortest_gap(now)) {
            self.ports.entitlements.check_interval(row.owner, gap, "expression").await?;
        }
        let due_at = schedule.and_then(|schedule| schedule.next_after(now));
        self.set_paused(TriggerRow { paused: false, due_at, ..row }).await
    }

    async fn set_paused(&self, row: TriggerRow) -> Result<TriggerDetails, ExecutionsError> {
        let least = self.least(row.owner).await?;
        self.ports.store.set_paused(row.owner, row.id, row.paused, row.due_at).await?;
        Ok(self.details(row, least, self.ports.ambient.now()))
    }

    pub(super) async fn owned(
        &self,
        who: &Principal,
        id: Uuid,
    ) -> Result<TriggerRow, ExecutionsError> {
        let found = self.ports.store.find(who.owner(), id).await?;
        found.ok_or(ExecutionsError::NoTrigger)
    }
}
