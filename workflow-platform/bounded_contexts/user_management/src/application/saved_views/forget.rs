//! Forgets a view.

use shared_kernel::{application::Principal, domain::Permission};

use crate::{
    application::{UserError, UserModule},
    domain::ViewName,
};

impl UserModule {
    pub async fn forget_view(&self, who: &Principal, name: &str) -> Result<(), UserError> {
        who.require(Permission::ProfileWrite)?;
        // What is no name of a view need not be looked for, and may be no text of the database.
        let name = ViewName::parse(name).map_err(|_| UserError::NoSuchSavedView)?;
        let there = self.ports.saved_views.remove(who.user, &name).await?;
        if there { Ok(()) } else { Err(UserError::NoSuchSavedView) }
    }
}
