//! The keys somebody has.

use shared_kernel::{
    application::Principal,
    domain::{Page, PageRequest, Permission},
};

use crate::{
    application::{UserError, UserModule},
    domain::ApiKey,
};

impl UserModule {
    /// The newest first, those included that have ended.
    pub async fn list_api_keys(
        &self,
        who: &Principal,
        page: PageRequest,
    ) -> Result<Page<ApiKey>, UserError> {
        who.require(Permission::ProfileRead)?;
        who.session()?;
        Ok(self.ports.api_keys.list(who.user, page).await?)
    }
}
