//! Does without a second factor again.

use shared_kernel::{application::Principal, domain::Permission};

use super::super::{Caller, UserError, UserModule};

impl UserModule {
    /// Removes the authenticator and the recovery codes.
    pub async fn disable_totp(&self, who: &Principal, caller: &Caller) -> Result<(), UserError> {
        who.require(Permission::ProfileWrite)?;
        self.require_fresh(who).await?;
        let user = self.show_me(who).await?;
        let mut work = self.ports.database.begin().await?;
        if !self.ports.second_factors.remove_totp(&mut work, user.id).await? {
            return Err(UserError::TotpNotEnabled);
        }
        work.record(&self.notice("user.totp_disabled", "totp_disabled", &user, caller)).await?;
        work.commit().await?;
        self.forget_person(user.id).await?;
        Ok(())
    }
}
