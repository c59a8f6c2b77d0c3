//! The views somebody keeps.

use shared_kernel::{application::Principal, domain::Permission};

use crate::{
    application::{UserError, UserModule},
    domain::SavedView,
};

impl UserModule {
    /// In the order in which they were made.
    pub async fn list_saved_views(&self, who: &Principal) -> Result<Vec<SavedView>, UserError> {
        who.require(Permission::ProfileRead)?;
        Ok(self.ports.saved_views.views(who.user).await?)
    }
}
