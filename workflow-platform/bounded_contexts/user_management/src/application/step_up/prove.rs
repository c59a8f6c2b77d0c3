//! Takes a fresh proof.

use secrecy::SecretString;
use shared_kernel::{
    application::{AuthenticationError, Principal},
    domain::{Permission, Timestamp},
};

use super::super::{
    Caller, UserError, UserModule,
    attempts::Proving,
    mfa::SecondFactor,
    ports::{CodeScope, Credentials},
};
use crate::domain::{CodePurpose, FRESH_AFTER_PROOF, VerificationCode};

/// What somebody who is signed in proves themselves with.
#[derive(Debug, Clone)]
pub enum FreshProof {
    Password(SecretString),
    /// From the mail to their own address.
    Code(String),
    SecondFactor(SecondFactor),
}

impl UserModule {
    /// Answers until when the session may do sensitive things. Who has an authenticator proves
    /// themselves with it: the password alone is what the second factor is there against.
    pub async fn step_up(
        &self,
        who: &Principal,
        proof: &FreshProof,
        caller: &Caller,
    ) -> Result<Timestamp, UserError> {
        who.require(Permission::ProfileWrite)?;
        let session = who.session()?.id.into();
        let found = self.ports.accounts.credentials_of(who.user).await?;
        let found = found.ok_or(AuthenticationError::Revoked)?;
        let enrolled = self.has_totp(who.user).await?;
        if enrolled != matches!(proof, FreshProof::SecondFactor(_)) {
            return Err(self.step_up_required(who.user).await?);
        }
        let proving = self.prove_presence(who, &found, proof, caller).await;
        proving.inspect_err(|error| self.note_failed_proof(who, error, caller))?;
        let until = self.ports.ambient.now().plus(FRESH_AFTER_PROOF);
        let mut work = self.ports.database.begin().await?;
        self.ports.sessions.refresh_proof(&mut work, session, until).await?;
        work.commit().await?;
        Ok(until)
    }

    async fn prove_presence(
        &self,
        who: &Principal,
        found: &Credentials,
        proof: &FreshProof,
        caller: &Caller,
    ) -> Result<(), UserError> {
        let session = who.session()?.id.into();
        let attempt = self.attempt(Proving::Presence(session), caller).await?;
        self.check_proof(who, found, proof, caller).await?;
        self.proved(attempt).await;
        Ok(())
    }

    async fn check_proof(
        &self,
        who: &Principal,
        found: &Credentials,
        proof: &FreshProof,
        caller: &Caller,
    ) -> Result<(), UserError> {
        let (field, right) = match proof {
            FreshProof::Code(code) => return self.use_own_code(who, found, code, caller).await,
            FreshProof::Password(given) => {
                ("password", self.is_password(given, found.password_hash.clone()).await?)
            }
            FreshProof::SecondFactor(given) => {
                let field = match given {
                    SecondFactor::Totp(_) => "totp",
                    SecondFactor::Recovery(_) => "recovery_code",
                };
                (field, self.is_second_factor(&found.user, given, caller).await?)
            }
        };
        if right { Ok(()) } else { Err(UserError::ProofInvalid(field)) }
    }

    async fn use_own_code(
        &self,
        who: &Principal,
        found: &Credentials,
        code: &str,
        caller: &Caller,
    ) -> Result<(), UserError> {
        let code = VerificationCode::parse(code);
        let code = code.ok_or_else(|| UserError::field("code", &"must be 6 digits"))?;
        let (email, purpose) = (found.user.email.clone(), CodePurpose::SensitiveAction);
        let scope = CodeScope { email, purpose, user: Some(who.user) };
        let open = self.check_code(&scope, &code, caller).await?;
        let mut work = self.ports.database.begin().await?;
        if !self.ports.codes.use_up(&mut work, open.id, self.ports.ambient.now()).await? {
            return Err(UserError::CodeInvalid);
        }
        work.commit().await?;
        Ok(())
    }
}
