//! Compares what somebody gives as a second factor with what they have enrolled.

use secrecy::{ExposeSecret as _, SecretString};
use shared_kernel::domain::{Id, User as UserMark};

use super::{
    super::{Caller, UserError, UserModule, attempts::Proving},
    begin::totp_place,
};
use crate::domain::{RecoveryCode, TotpSecret, User, VerificationCode};

/// What proves somebody beside the password.
#[derive(Debug, Clone)]
pub enum SecondFactor {
    /// Six digits that an authenticator shows.
    Totp(SecretString),
    Recovery(SecretString),
}

impl UserModule {
    /// For a login whose password was right.
    pub(in crate::application) async fn prove_second_factor(
        &self,
        user: &User,
        given: Option<&SecondFactor>,
        caller: &Caller,
    ) -> Result<(), UserError> {
        let given = given.ok_or(UserError::TotpRequired)?;
        let attempt = self.attempt(Proving::SecondFactor(user.id), caller).await?;
        if !self.is_second_factor(user, given, caller).await? {
            return Err(UserError::TotpInvalid);
        }
        self.proved(attempt).await;
        Ok(())
    }

    /// Uses the factor up when it is right.
    pub(in crate::application) async fn is_second_factor(
        &self,
        user: &User,
        given: &SecondFactor,
        caller: &Caller,
    ) -> Result<bool, UserError> {
        match given {
            SecondFactor::Totp(code) => self.use_totp(user.id, code).await,
            SecondFactor::Recovery(code) => self.use_recovery_code(user, code, caller).await,
        }
    }

    /// Each step of time is good for one code, whoever sees it afterwards.
    async fn use_totp(&self, user: Id<UserMark>, code: &SecretString) -> Result<bool, UserError> {
        let Some(code) = VerificationCode::parse(code.expose_secret()) else { return Ok(false) };
        let stored = self.ports.second_factors.totp(user).await?;
        let Some(stored) = stored.filter(|totp| totp.confirmed) else { return Ok(false) };
        let secret = self.open_totp(user, &stored.sealed)?;
        match secret.step_of(&code, self.ports.ambient.now()) {
            Some(step) => Ok(self.ports.second_factors.use_step(user, step).await?),
            None => Ok(false),
        }
    }

    async fn use_recovery_code(
        &self,
        user: &User,
        code: &SecretString,
        caller: &Caller,
    ) -> Result<bool, UserError> {
        let Some(code) = RecoveryCode::parse(code.expose_secret()) else { return Ok(false) };
        let (hash, now) = (code.hash(user.id), self.ports.ambient.now());
        let mut work = self.ports.database.begin().await?;
        let factors = &self.ports.second_factors;
        if !factors.use_recovery_code(&mut work, user.id, &hash, now).await? {
            work.roll_back().await?;
            return Ok(false);
        }
        let (kind, reason) = ("user.recovery_code_used", "recovery_code_used");
        work.record(&self.notice(kind, reason, user, caller)).await?;
        work.commit().await?;
        self.forget_person(user.id).await?;
        Ok(true)
    }

    pub(super) fn open_totp(
        &self,
        user: Id<UserMark>,
        sealed: &str,
    ) -> Result<TotpSecret, UserError> {
        Ok(TotpSecret::from_bytes(self.ports.sealer.open(&totp_place(user), sealed)?))
    }
}
