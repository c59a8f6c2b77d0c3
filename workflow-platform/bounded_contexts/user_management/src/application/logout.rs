//! Ends a session.

use std::time::Duration;

use bytes::Bytes;
use secrecy::SecretString;
use serde_json::json;
use shared_kernel::{
    application::Principal,
    domain::{DomainEvent, Id, User as UserMark},
};

use super::{
    Caller, UserError, UserModule,
    authenticate::{session_key, token_key},
    ports::{Ending, SessionState},
    signed_in::RefreshToken,
};
use crate::domain::SessionId;

impl UserModule {
    /// The access token itself is refused from now on, and so is every other of its session.
    pub async fn logout(&self, who: &Principal, caller: &Caller) -> Result<(), UserError> {
        let left = who.expires_at.saturating_sub(self.ports.ambient.now().seconds());
        let left = Duration::from_secs(u64::try_from(left).unwrap_or(0).max(1));
        self.ports.cache.put(&token_key(who.token), Bytes::from_static(b"1"), left).await?;
        self.leave(who.session.into(), who.user, caller).await
    }

    /// Does nothing when the token is unknown or its session has ended: nobody learns which.
    pub async fn logout_by_token(
        &self,
        token: &SecretString,
        caller: &Caller,
    ) -> Result<(), UserError> {
        let found = self.ports.sessions.of_token(&RefreshToken::hash(token)).await?;
        match found {
            Some((session, user)) => self.leave(session, user, caller).await,
            None => Ok(()),
        }
    }

    async fn leave(
        &self,
        session: SessionId,
        user: Id<UserMark>,
        caller: &Caller,
    ) -> Result<(), UserError> {
        let event =
            self.user_event("user.logged_out", user, json!({ "session_id": session }), caller);
        self.end_session((session, user), "logout", &event).await
    }

    /// In the database first, then in the cache, where the end overwrites what was remembered.
    pub(super) async fn end_session(
        &self,
        (session, user): (SessionId, Id<UserMark>),
        reason: &str,
        event: &DomainEvent,
    ) -> Result<(), UserError> {
        let mut work = self.ports.database.begin().await?;
        let now = self.ports.ambient.now();
        let sessions = &self.ports.sessions;
        let ended = sessions.end_many(&mut work, user, Ending::One(session), reason, now).await?;
        if !ended.is_empty() {
            work.record(event).await?;
        }
        work.commit().await?;
        self.remember_end(session).await
    }

    pub(super) async fn remember_ends(&self, sessions: &[SessionId]) -> Result<(), UserError> {
        for session in sessions {
            self.remember_end(*session).await?;
        }
        Ok(())
    }

    async fn remember_end(&self, session: SessionId) -> Result<(), UserError> {
        let ended = serde_json::to_vec(&SessionState::Ended).unwrap_or_default();
        let life = self.settings.access.max(Duration::from_secs(1));
        Ok(self.ports.cache.put(&session_key(session), ended.into(), life).await?)
    }
}
