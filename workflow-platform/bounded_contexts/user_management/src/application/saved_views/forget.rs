//! Forgets a view.

use shared_kernel::{application::Principal, domain::Permission};

use crate::application::{UserError, UserModule};

impl UserModule {
    pub async fn forget_view(&self, who: &Principal, name: &str) -> Result<(), UserError> {
        who.require(Permission::ProfileWrite)?;
        let there = self.ports.saved_views.remove(who.user, name).await?;
        if there { Ok(()) } else { Err(UserError::NoSuchSavedView) }
    }
}
