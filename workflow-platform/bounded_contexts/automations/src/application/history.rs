//! Shows what came of a rule.

use shared_kernel::{
    application::Principal,
    domain::{Id, Page, PageRequest, Permission},
};

use super::{AutomationError, AutomationService};
use crate::domain::{Automation, Firing};

impl AutomationService {
    /// The newest first.
    pub async fn history(
        &self,
        who: &Principal,
        id: Id<Automation>,
        page: PageRequest,
    ) -> Result<Page<Firing>, AutomationError> {
        who.require(Permission::AutomationRead)?;
        let row = self.owned(who.owner(), id).await?;
        Ok(self.ports.firings.list(row.owner, row.id, page).await?)
    }
}
