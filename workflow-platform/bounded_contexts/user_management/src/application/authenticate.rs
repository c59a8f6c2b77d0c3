//! Checks a bearer token on every request.
//!
//! What the database says of the session is remembered in the cache for a few seconds. A change
//! overwrites what is remembered, and remembering never overwrites a change (it only fills what
//! is empty), so that with a shared cache a session ends everywhere at once; processes that share
//! nothing but the database notice after [`REMEMBERED`].

use std::time::Duration;

use async_trait::async_trait;
use shared_kernel::application::{AuthenticationError, Authenticator, Principal};
use tracing::warn;
use uuid::Uuid;

use super::{
    UserError, UserModule,
    ports::{Claims, SessionState},
};
use crate::domain::{SessionId, UserStatus};

/// How long the state of a session is believed without asking the database.
const REMEMBERED: Duration = Duration::from_secs(15);

/// Key of a revoked access token.
pub(super) fn token_key(token: Uuid) -> String {
    format!("user:token:{}", token.simple())
}

/// Key of a session's remembered state.
pub(super) fn session_key(session: SessionId) -> String {
    format!("user:session:{}", session.uuid().simple())
}

#[async_trait]
impl Authenticator for UserModule {
    async fn authenticate(&self, bearer: &str) -> Result<Principal, AuthenticationError> {
        let claims = self.ports.tokens.verify(bearer, self.ports.ambient.now())?;
        let (revoked, state) =
            tokio::join!(self.is_revoked(claims.jti), self.session_state(claims.sid.into()));
        match state? {
            SessionState::Open { user, role, status: UserStatus::Active, locale }
                if user == claims.sub && !revoked =>
            {
                Ok(principal(&claims, role, locale))
            }
            _ => Err(AuthenticationError::Revoked),
        }
    }
}

fn principal(
    claims: &Claims,
    role: shared_kernel::domain::Role,
    locale: shared_kernel::domain::Locale,
) -> Principal {
    Principal {
        user: claims.sub.into(),
        role,
        session: claims.sid,
        token: claims.jti,
        expires_at: claims.exp,
        locale,
    }
}

impl UserModule {
    /// A cache that is away revokes nothing; the session in the database still decides.
    async fn is_revoked(&self, token: Uuid) -> bool {
        match self.ports.cache.get(&token_key(token)).await {
            Ok(found) => found.is_some(),
            Err(error) => {
                warn!(%error, "revoked tokens cannot be looked up, the database decides");
                false
            }
        }
    }

    /// Overwrites what is remembered of a session with what the database says by now.
    pub(super) async fn remember_anew(&self, session: SessionId) -> Result<(), UserError> {
        let state = self.ports.sessions.state(session, self.ports.ambient.now()).await?;
        let state = state.unwrap_or(SessionState::Ended);
        let bytes = serde_json::to_vec(&state).unwrap_or_default();
        Ok(self.ports.cache.put(&session_key(session), bytes.into(), REMEMBERED).await?)
    }

    async fn session_state(&self, session: SessionId) -> Result<SessionState, AuthenticationError> {
        let key = session_key(session);
        let remembered = self.ports.cache.get(&key).await.ok().flatten();
        if let Some(state) = remembered.and_then(|bytes| serde_json::from_slice(&bytes).ok()) {
            return Ok(state);
        }
        let now = self.ports.ambient.now();
        let found = self.ports.sessions.state(session, now).await;
        let state = found
            .map_err(|error| AuthenticationError::Unavailable(Box::new(error)))?
            .unwrap_or(SessionState::Ended);
        if let Ok(bytes) = serde_json::to_vec(&state) {
            // Not remembering costs a query the next time, nothing else.
            let _ = self.ports.cache.put_if_absent(&key, bytes.into(), REMEMBERED).await;
        }
        Ok(state)
    }
}
