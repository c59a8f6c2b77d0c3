//! Keeps an account that was marked for deletion.

use shared_kernel::{application::Principal, domain::Permission};

use crate::application::{Caller, UserError, UserModule};

impl UserModule {
    /// Nothing is lost until the day, so this needs no proof but the login.
    pub async fn cancel_deletion(&self, who: &Principal, caller: &Caller) -> Result<(), UserError> {
        who.require(Permission::ProfileWrite)?;
        who.session()?;
        let user = self.show_me(who).await?;
        let mut work = self.ports.database.begin().await?;
        if !self.ports.leaving.unmark(&mut work, user.id).await? {
            return Err(UserError::NotDeleting);
        }
        let (kind, reason) = ("user.deletion_cancelled", "deletion_cancelled");
        work.record(&self.notice(kind, reason, &user, caller)).await?;
        work.commit().await?;
        self.forget_user(user.id).await
    }
}
