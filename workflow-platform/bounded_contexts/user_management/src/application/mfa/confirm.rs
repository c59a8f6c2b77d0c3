//! Enrols an authenticator that has shown a right code.

use std::time::Duration;

use shared_kernel::{application::Principal, domain::Permission};

use super::{
    super::{Caller, UserError, UserModule},
    RecoveryCodes,
};
use crate::domain::VerificationCode;

/// Whoever does not confirm within this time begins again.
const CONFIRM_WITHIN: Duration = Duration::from_mins(15);

impl UserModule {
    /// From now on a login asks for a second factor, and what the user's other sessions had proved
    /// with the password alone counts no more.
    pub async fn confirm_totp(
        &self,
        who: &Principal,
        code: &str,
        caller: &Caller,
    ) -> Result<RecoveryCodes, UserError> {
        who.require(Permission::ProfileWrite)?;
        let session = who.session()?.id.into();
        let code = VerificationCode::parse(code);
        let code = code.ok_or_else(|| UserError::field("totp", &"must be 6 digits"))?;
        let user = self.show_me(who).await?;
        let now = self.ports.ambient.now();
        let begun = self.ports.second_factors.totp(user.id).await?;
        let begun = begun.filter(|one| one.confirmed || one.created_at > now.minus(CONFIRM_WITHIN));
        let begun = begun.ok_or(UserError::TotpNotEnabled)?;
        if begun.confirmed {
            return Err(UserError::TotpEnabled);
        }
        let step = self.open_totp(user.id, &begun.sealed)?.step_of(&code, now);
        let step = step.ok_or(UserError::ProofInvalid("totp"))?;
        let codes = self.draw_recovery_codes();
        let hashes = codes.hashes(user.id);
        let factors = &self.ports.second_factors;
        let mut work = self.ports.database.begin().await?;
        if !factors.confirm_totp(&mut work, user.id, &begun.sealed, step, now).await? {
            return Err(UserError::TotpEnabled);
        }
        factors.replace_recovery_codes(&mut work, user.id, &hashes, now).await?;
        self.ports.sessions.stale_others(&mut work, user.id, session).await?;
        work.record(&self.notice("user.totp_enabled", "totp_enabled", &user, caller)).await?;
        work.commit().await?;
        self.forget_person(user.id).await?;
        Ok(codes)
    }
}
