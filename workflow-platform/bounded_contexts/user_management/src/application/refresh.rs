//! Changes a refresh token for a fresh pair.

use secrecy::SecretString;
use serde_json::json;
use shared_kernel::domain::{Actor, Id, User as UserMark};
use tracing::warn;

use super::{
    Caller, SignedIn, UserError, UserModule,
    ports::{Rotation, RotationTime},
    signed_in::RefreshToken,
};
use crate::domain::{REFRESH_GRACE, SessionId};

impl UserModule {
    /// Each refresh token leads to one successor, and to the same one when it is handed in again
    /// within [`REFRESH_GRACE`]. One that comes back later was stolen, or its successor was: the
    /// session ends, whoever holds it.
    pub async fn refresh(
        &self,
        token: &SecretString,
        caller: &Caller,
    ) -> Result<SignedIn, UserError> {
        let now = self.ports.ambient.now();
        let fresh = RefreshToken(self.ports.tokens.successor(token));
        let (old, new) = (RefreshToken::hash(token), RefreshToken::hash(&fresh.0));
        let mut work = self.ports.database.begin().await?;
        let at = RotationTime {
            now,
            grace_from: now.minus(REFRESH_GRACE),
            expires_at: now.plus(self.settings.refresh),
            address: caller.address,
        };
        let rotation = self.ports.sessions.rotate(&mut work, &old, &new, at).await?;
        match rotation {
            Rotation::Rotated(session, user) => {
                work.commit().await?;
                self.carry_on(session, user, fresh).await
            }
            Rotation::Repeated(session, user) => {
                work.roll_back().await?;
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
        if !user.status.may_sign_in() {
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
        let owner = self.ports.accounts.find(user).await?.ok_or(UserError::BadRefreshToken)?;
        let payload = json!({
            "session_id": session,
            "reason": "refresh_token_reused",
            "email": owner.email.as_str(),
            "locale": owner.locale,
        });
        let event = self.user_event("user.sessions_revoked", user, payload, caller);
        // Whoever had the token may be anybody.
        let event = event.by(Actor::Anonymous);
        let work = self.ports.database.begin().await?;
        self.end_session(work, (session, user), "refresh_token_reused", &event).await
    }
}
