//! Shows rules.

use shared_kernel::{
    application::Principal,
    domain::{Id, Page, PageRequest, Permission},
};

use super::{AutomationError, AutomationRow, AutomationService};
use crate::domain::Automation;

impl AutomationService {
    /// The newest first.
    pub async fn list(
        &self,
        who: &Principal,
        page: PageRequest,
    ) -> Result<Page<AutomationRow>, AutomationError> {
        who.require(Permission::AutomationRead)?;
        Ok(self.ports.automations.list(who.owner(), page).await?)
    }

    pub async fn show(
        &self,
        who: &Principal,
        id: Id<Automation>,
    ) -> Result<AutomationRow, AutomationError> {
        who.require(Permission::AutomationRead)?;
        self.owned(who.owner(), id).await
    }
}
