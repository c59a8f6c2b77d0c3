//! Whether somebody has just proved that they are there.

use shared_kernel::{
    application::{Principal, SessionProof},
    domain::{Id, User as UserMark},
};

use super::super::{UserError, UserModule};

/// What proves somebody who has an authenticator, and who has none.
const WITH_TOTP: &[&str] = &["totp", "recovery_code"];
const WITHOUT_TOTP: &[&str] = &["password", "code"];

impl UserModule {
    /// Sensitive changes ask on their second line, after the permission. The proof belongs to the
    /// session, and is looked up in the database.
    pub(in crate::application) async fn require_fresh(
        &self,
        who: &Principal,
    ) -> Result<SessionProof, UserError> {
        let session = who.session()?;
        let until = self.ports.sessions.fresh_until(session.id.into()).await?;
        if until.is_some_and(|until| until > self.ports.ambient.now()) {
            return Ok(session);
        }
        Err(self.step_up_required(who.user).await?)
    }

    /// The refusal that says what would be accepted.
    pub(super) async fn step_up_required(
        &self,
        user: Id<UserMark>,
    ) -> Result<UserError, UserError> {
        let methods = if self.has_totp(user).await? { WITH_TOTP } else { WITHOUT_TOTP };
        Ok(UserError::StepUpRequired { methods })
    }
}
