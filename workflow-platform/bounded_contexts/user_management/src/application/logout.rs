//! Ends a session.

use secrecy::SecretString;
use serde_json::json;
use shared_kernel::{
    application::Principal,
    domain::{AuditedEvent, Id, User as UserMark},
    infrastructure::db::UnitOfWork,
};

use super::{Caller, UserError, UserModule, ports::Ending, signed_in::RefreshToken};
use crate::domain::SessionId;

impl UserModule {
    /// The access token itself is refused from now on, and so is every other of its session.
    pub async fn logout(&self, who: &Principal, caller: &Caller) -> Result<(), UserError> {
        let session = who.session()?;
        let mut work = self.ports.database.begin().await?;
        let (id, expires_at) = (session.id.into(), session.expires_at);
        self.ports.sessions.revoke_token(&mut work, id, session.token, expires_at).await?;
        self.leave(work, (id, who.user), caller).await
    }

    /// Does nothing when the token is unknown or its session has ended: nobody learns which.
    pub async fn logout_by_token(
        &self,
        token: &SecretString,
        caller: &Caller,
    ) -> Result<(), UserError> {
        let found = self.ports.sessions.of_token(&RefreshToken::hash(token)).await?;
        match found {
            Some(found) => self.leave(self.ports.database.begin().await?, found, caller).await,
            None => Ok(()),
        }
    }

    async fn leave(
        &self,
        work: UnitOfWork,
        (session, user): (SessionId, Id<UserMark>),
        caller: &Caller,
    ) -> Result<(), UserError> {
        let event =
            self.user_event("user.logged_out", user, json!({ "session_id": session }), caller);
        self.end_session(work, (session, user), "logout", &event).await
    }

    /// In the database first, in one transaction with `work`; then in what processes remember.
    pub(super) async fn end_session(
        &self,
        mut work: UnitOfWork,
        (session, user): (SessionId, Id<UserMark>),
        reason: &str,
        event: &AuditedEvent,
    ) -> Result<(), UserError> {
        let now = self.ports.ambient.now();
        let sessions = &self.ports.sessions;
        let ended = sessions.end_many(&mut work, user, Ending::One(session), reason, now).await?;
        if !ended.is_empty() {
            work.record(event).await?;
        }
        work.commit().await?;
        self.forget_sessions(&[session]).await
    }
}
