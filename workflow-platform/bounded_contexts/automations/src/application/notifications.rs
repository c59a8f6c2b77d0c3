//! Notes that rules left for their owner.

use shared_kernel::{
    application::Principal,
    domain::{Id, Page, PageRequest, Permission},
};

use super::{AutomationError, AutomationService};
use crate::domain::Notification;

/// More unread notes than this are not counted.
pub(super) const COUNTED: u32 = 1000;

impl AutomationService {
    /// The newest first.
    pub async fn notifications(
        &self,
        who: &Principal,
        unread: bool,
        page: PageRequest,
    ) -> Result<Page<Notification>, AutomationError> {
        who.require(Permission::AutomationRead)?;
        Ok(self.ports.notifications.list(who.owner(), unread, page).await?)
    }

    /// How many are unread, up to 1000.
    pub async fn unread(&self, who: &Principal) -> Result<u32, AutomationError> {
        who.require(Permission::AutomationRead)?;
        Ok(self.ports.notifications.unread(who.owner(), COUNTED).await?)
    }

    pub async fn read(&self, who: &Principal, id: Id<Notification>) -> Result<(), AutomationError> {
        who.require(Permission::AutomationWrite)?;
        let now = self.ports.ambient.now();
        if self.ports.notifications.read(who.owner(), id, now).await? {
            self.ring(who.owner()).await;
            Ok(())
        } else {
            Err(AutomationError::NoNotification)
        }
    }

    /// Marks all as read; tells how many were not.
    pub async fn read_all(&self, who: &Principal) -> Result<u64, AutomationError> {
        who.require(Permission::AutomationWrite)?;
        let now = self.ports.ambient.now();
        let read = self.ports.notifications.read_all(who.owner(), now).await?;
        self.ring(who.owner()).await;
        Ok(read)
    }
}
