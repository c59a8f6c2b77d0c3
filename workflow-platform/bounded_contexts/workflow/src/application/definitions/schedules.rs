//! Whether the plan includes the schedules of a definition.

use shared_kernel::{application::EntitlementsError, domain::Owner};

use super::DefinitionService;
use crate::domain::definition::{Schedule, Trigger};

impl DefinitionService {
    /// Those that were there before stay, whatever the plan has come to be since: they run as
    /// often as it includes.
    pub(super) async fn check_schedules(
        &self,
        owner: Owner,
        triggers: &[Trigger],
        before: &[Trigger],
    ) -> Result<(), EntitlementsError> {
        let now = self.ports.ambient.now();
        for (index, trigger) in triggers.iter().enumerate() {
            if before.iter().any(|known| known.timing == trigger.timing) {
                continue;
            }
            let schedule = Schedule::of(trigger).ok();
            let Some(gap) = schedule.and_then(|schedule| schedule.shortest_gap(now)) else {
                continue;
            };
            let path = format!("triggers[{index}].{}", trigger.timing.kind());
            self.ports.entitlements.check_interval(owner, gap, &path).await?;
        }
        Ok(())
    }
}
