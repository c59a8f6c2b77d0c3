//! Gives somebody new recovery codes.

use shared_kernel::{
    application::Principal,
    domain::{Id, Permission, User as UserMark},
};

use super::super::{Caller, UserError, UserModule};
use crate::domain::{RECOVERY_CODES, RecoveryCode};

/// A full set. Shown once.
#[derive(Debug, Clone)]
pub struct RecoveryCodes(pub Vec<RecoveryCode>);

impl RecoveryCodes {
    pub(super) fn hashes(&self, user: Id<UserMark>) -> Vec<Vec<u8>> {
        self.0.iter().map(|code| code.hash(user)).collect()
    }
}

impl UserModule {
    /// All former ones are worth nothing.
    pub async fn replace_recovery_codes(
        &self,
        who: &Principal,
        caller: &Caller,
    ) -> Result<RecoveryCodes, UserError> {
        who.require(Permission::ProfileWrite)?;
        self.require_fresh(who).await?;
        let user = self.show_me(who).await?;
        let codes = self.draw_recovery_codes();
        let (hashes, now) = (codes.hashes(user.id), self.ports.ambient.now());
        let factors = &self.ports.second_factors;
        let mut work = self.ports.database.begin().await?;
        if !factors.replace_recovery_codes(&mut work, user.id, &hashes, now).await? {
            return Err(UserError::TotpNotEnabled);
        }
        let (kind, reason) = ("user.recovery_codes_replaced", "recovery_codes_replaced");
        work.record(&self.notice(kind, reason, &user, caller)).await?;
        work.commit().await?;
        self.forget_person(user.id).await?;
        Ok(codes)
    }

    pub(super) fn draw_recovery_codes(&self) -> RecoveryCodes {
        let draw = |_| RecoveryCode::draw(&self.ports.ambient);
        RecoveryCodes((0..RECOVERY_CODES).map(draw).collect())
    }
}
