//! Changes a refresh token for a fresh pair.

use secrecy::SecretString;
use serde_json::json;
use shared_kernel::domain::{Id, User as UserMark};
use tracing::warn;

use super::{Caller, SignedIn, UserError, UserModule, ports::Rotation, signed_in::RefreshToken};
use crate::domain::{SessionId, UserStatus};

impl UserModule {
    /// Each refresh token works once. One that comes back was stolen, or its successor was: the
    /// session ends, whoever holds it.
    pub async fn refresh(
        &self,
        token: &SecretString,
        caller: &Caller,
    ) -> Result<SignedIn, UserError> {
        let now = self.ports.ambient.now();
        let fresh = self.fresh_refresh_token();
        let (old, new) = (RefreshToken::hash(token), RefreshToken::hash(&fresh.0));
        let mut work = self.ports.database.begin().await?;
        let expires_at = now.plus(self.settings.refresh);
        let rotation = self.ports.sessions.rotate(&mut work, &old, &new, now, expires_at).await?;
        match rotation {
            Rotation::Rotated(session, user) => {
                work.commit().await?;
                self.carry_on(session, user, fresh).await
            }
            Rotation::Reused(session, user) => {
                work.roll_back().await?;
                warn!(user_id = %user, session.id = %session, "a used refresh token came back, its session ends");
                self.revoke(session, user, caller).await?;
                Err(UserError::BadRefreshToken)
            }
            Rotation::Unknown | Rotation::Ended => {
                work.roll_back().await?;
                Err(UserError::BadRefreshToken)
            }
        }
    }

    async fn carry_on(
        &self,
        session: SessionId,
        user: Id<UserMark>,
        fresh: RefreshToken,
    ) -> Result<SignedIn, UserError> {
        let user = self.ports.accounts.find(user).await?.ok_or(UserError::BadRefreshToken)?;
        if user.status != UserStatus::Active {
            return Err(UserError::Suspended);
        }
        self.signed_in(user, session, fresh)
    }

    async fn revoke(
        &self,
        session: SessionId,
        user: Id<UserMark>,
        caller: &Caller,
    ) -> Result<(), UserError> {
        let payload = json!({ "session_id": session, "reason": "refresh_token_reused" });
        let event = self.user_event("user.sessions_revoked", user, payload, caller);
        self.end_session(session, "refresh_token_reused", &event).await
    }
}
