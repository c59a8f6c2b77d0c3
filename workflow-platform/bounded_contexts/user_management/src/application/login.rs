//! Opens a session for somebody who knows the password.

use secrecy::{ExposeSecret as _, SecretString};
use serde_json::json;

use super::{
    Caller, SignedIn, UserError, UserModule,
    attempts::{Proving, known_since, place},
    mfa::SecondFactor,
    new_device::LATEST,
    ports::{Claimed, Credentials, NewSession, Proved, Rehashed},
    signed_in::RefreshToken,
};
use crate::domain::{FRESH_AFTER_LOGIN, PASSWORD_LENGTH, Session};

/// User name or e-mail address, and password.
#[derive(Debug, Clone)]
pub struct Login {
    pub identifier: String,
    pub password: SecretString,
    /// Asked for when an authenticator is enrolled.
    pub second_factor: Option<SecondFactor>,
}

impl UserModule {
    /// Takes as long for an unknown account as for a wrong password, and says the same. A second
    /// factor is asked for only when the password is right.
    pub async fn login(&self, login: Login, caller: &Caller) -> Result<SignedIn, UserError> {
        let outcome = self.open_session(&login, caller).await;
        if let Err(error) = &outcome {
            self.note_failed_login(&login.identifier, error, caller).await;
        }
        outcome
    }

    async fn open_session(&self, login: &Login, caller: &Caller) -> Result<SignedIn, UserError> {
        let Credentials { user, password_hash } = self.prove(login, caller).await?;
        if !user.status.may_sign_in() {
            return Err(UserError::Suspended);
        }
        let Proved { has_totp, latest } = self.ports.sessions.proved(user.id, LATEST).await?;
        if has_totp {
            self.prove_second_factor(&user, login.second_factor.as_ref(), caller).await?;
        }
        let rehashed = self.rehashed(&login.password, &password_hash).await?;
        let now = self.ports.ambient.now();
        let session = Session {
            id: self.ports.ambient.id(),
            user: user.id,
            created_at: now,
            expires_at: now.plus(self.settings.refresh),
            agent: caller.agent.clone(),
            address: caller.address,
            fresh_until: now.plus(FRESH_AFTER_LOGIN),
        };
        let refresh = self.fresh_refresh_token();
        let event =
            self.user_event("user.logged_in", user.id, json!({ "session_id": session.id }), caller);
        let new_device = self.new_device(&user, &session, latest, caller).await?;
        let events: Vec<_> = [event].into_iter().chain(new_device).collect();
        let token = RefreshToken::hash(&refresh.0);
        let rehashed = rehashed.as_ref().map(|new| Rehashed { old: &password_hash, new });
        let new = NewSession { session: &session, token: &token, rehashed, events: &events };
        self.ports.sessions.open(new).await?;
        self.signed_in(user, session.id, refresh)
    }

    /// A hash with today's parameters when the stored one has others.
    async fn rehashed(
        &self,
        password: &SecretString,
        stored: &str,
    ) -> Result<Option<String>, UserError> {
        if !self.ports.passwords.is_dated(stored) {
            return Ok(None);
        }
        Ok(Some(self.ports.passwords.hash(password).await?))
    }

    async fn prove(&self, login: &Login, caller: &Caller) -> Result<Credentials, UserError> {
        let identifier = login.identifier.trim();
        // Nobody is called so, and databases differ in what they make of a zero character.
        let found = if identifier.chars().any(char::is_control) {
            None
        } else {
            let (site, since) = (place(caller.address), known_since(self.ports.ambient.now()));
            self.ports.accounts.claimed(identifier, &site, since).await?
        };
        // What is left of an account is nobody's.
        let found = found.filter(|found| !found.credentials.user.status.is_gone());
        let account = found.as_ref();
        let account = account.map(|found| (found.credentials.user.id, found.knows_place));
        let attempt = self.attempt(Proving::SignIn { identifier, account }, caller).await?;
        let found = found.map(|Claimed { credentials, .. }| credentials);
        // No password of an account is longer; a megabyte need not be hashed to know that.
        if login.password.expose_secret().chars().count() > *PASSWORD_LENGTH.end() {
            return Err(UserError::WrongCredentials);
        }
        let hash = found.as_ref().map(|found| found.password_hash.clone());
        let right = self.ports.passwords.verify(&login.password, hash).await?;
        let found = found.filter(|_| right).ok_or(UserError::WrongCredentials)?;
        self.proved(attempt).await;
        Ok(found)
    }
}
