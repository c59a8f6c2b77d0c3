//! The audit log, read.

use shared_kernel::{
    application::Principal,
    domain::{Origin, Page, PageRequest, Permission},
};

use crate::application::{
    UserError, UserModule,
    ports::{AuditFilter, AuditLine},
};

impl UserModule {
    /// Everything, the newest first.
    pub async fn list_audit(
        &self,
        who: &Principal,
        filter: &AuditFilter,
        page: PageRequest,
    ) -> Result<Page<AuditLine>, UserError> {
        who.require(Permission::AuditRead)?;
        Ok(self.ports.audit.lines(filter, page).await?)
    }

    /// What happened to one's own account. Who did it, when it was an administrator, and from
    /// where, is theirs.
    pub async fn list_own_audit(
        &self,
        who: &Principal,
        page: PageRequest,
    ) -> Result<Page<AuditLine>, UserError> {
        who.require(Permission::ProfileRead)?;
        let filter = AuditFilter { user: Some(who.user), ..AuditFilter::default() };
        let found = self.ports.audit.lines(&filter, page).await?;
        Ok(found.map(|line| match &line.actor {
            Some(actor) if actor.id != who.user => {
                AuditLine { actor: None, api_key: None, origin: Origin::default(), ..line }
            }
            _ => line,
        }))
    }
}
