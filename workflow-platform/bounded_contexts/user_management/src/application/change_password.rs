//! Gives a new password to somebody who knows the old one.

use secrecy::{ExposeSecret as _, SecretString};
use shared_kernel::{
    application::{AuthenticationError, Principal},
    domain::Permission,
};

use super::{Caller, UserError, UserModule, attempts::Proving, new_password::Occasion};
use crate::domain::PASSWORD_LENGTH;

/// The old password and the new one.
#[derive(Debug, Clone)]
pub struct PasswordChange {
    pub current_password: SecretString,
    pub new_password: SecretString,
}

impl UserModule {
    /// Ends the user's other sessions; this one goes on. The current password is proof enough,
    /// unless an authenticator is enrolled.
    pub async fn change_password(
        &self,
        who: &Principal,
        form: PasswordChange,
        caller: &Caller,
    ) -> Result<(), UserError> {
        who.require(Permission::ProfileWrite)?;
        let session = who.session()?;
        if self.has_totp(who.user).await? {
            self.require_fresh(who).await?;
        }
        let found = self.ports.accounts.credentials_of(who.user).await?;
        let found = found.ok_or(AuthenticationError::Revoked)?;
        let proving = self.prove_password(who, &form.current_password, found.password_hash, caller);
        proving.await.inspect_err(|error| self.note_failed_proof(who, error, caller))?;
        let (current, new) = (form.current_password.expose_secret(), &form.new_password);
        if current == new.expose_secret() {
            return Err(UserError::field("new_password", &"must differ from the current one"));
        }
        let (name, email) = (found.user.username.as_str(), found.user.email.as_str());
        if let Some(problem) = self.password_problem(name, email, new).await? {
            return Err(UserError::field("new_password", &problem));
        }
        let hash = self.ports.passwords.hash(new).await?;
        let work = self.ports.database.begin().await?;
        let occasion = Occasion::Changed(session.id.into());
        self.replace_password(work, &found.user, &hash, occasion, caller).await
    }

    async fn prove_password(
        &self,
        who: &Principal,
        given: &SecretString,
        hash: String,
        caller: &Caller,
    ) -> Result<(), UserError> {
        let session = who.session()?.id.into();
        let attempt = self.attempt(Proving::Presence(session), caller).await?;
        if !self.is_password(given, hash).await? {
            return Err(UserError::WrongPassword);
        }
        self.proved(attempt).await;
        Ok(())
    }

    pub(super) async fn is_password(
        &self,
        given: &SecretString,
        hash: String,
    ) -> Result<bool, UserError> {
        let too_long = given.expose_secret().chars().count() > *PASSWORD_LENGTH.end();
        Ok(!too_long && self.ports.passwords.verify(given, Some(hash)).await?)
    }
}
