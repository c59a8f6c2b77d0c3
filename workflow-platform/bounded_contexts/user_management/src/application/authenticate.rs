//! Checks an access token on every request; API keys are checked in [`super::api_keys`].
//!
//! The database decides. What it says of a session is remembered in the process for seconds, and
//! forgotten as soon as any process changes it. A process that does not hear the others remembers
//! nothing; when that is because the shared cache is away, nobody is let in.

use async_trait::async_trait;
use shared_kernel::{
    application::{AuthenticationError, Authenticator, Principal, Proof, SessionProof},
    domain::{Id, User as UserMark},
};

use super::{
    UserError, UserModule,
    ports::{Claims, OpenState, SessionState},
};
use crate::domain::{KEY_PREFIX, SessionId};

#[async_trait]
impl Authenticator for UserModule {
    async fn authenticate(&self, bearer: &str) -> Result<Principal, AuthenticationError> {
        if bearer.starts_with(KEY_PREFIX) {
            return self.authenticate_key(bearer).await;
        }
        let claims = self.ports.tokens.verify(bearer, self.ports.ambient.now())?;
        match self.session_state(claims.sid.into()).await? {
            SessionState::Open(state) if state.admits(&claims) => Ok(principal(&claims, &state)),
            _ => Err(AuthenticationError::Revoked),
        }
    }
}

impl OpenState {
    fn admits(&self, claims: &Claims) -> bool {
        self.user == claims.sub
            && self.status.may_sign_in()
            && claims.iat >= self.not_before
            && !self.revoked.contains(&claims.jti)
    }
}

fn principal(claims: &Claims, state: &OpenState) -> Principal {
    let session = SessionProof { id: claims.sid, token: claims.jti, expires_at: claims.exp };
    Principal {
        user: claims.sub.into(),
        role: state.role,
        locale: state.locale,
        proof: Proof::Session(session),
    }
}

pub(super) fn unavailable<E>(error: E) -> AuthenticationError
where
    E: std::error::Error + Send + Sync + 'static,
{
    AuthenticationError::Unavailable(Box::new(error))
}

impl UserModule {
    async fn session_state(&self, session: SessionId) -> Result<SessionState, AuthenticationError> {
        if let Some(state) = self.ports.session_cache.get(session) {
            return Ok(state);
        }
        let heard = self.ports.session_cache.heard();
        if heard.is_none() {
            self.ports.cache.ping().await.map_err(unavailable)?;
        }
        let found = self.ports.sessions.state(session, self.ports.ambient.now()).await;
        let state = found.map_err(unavailable)?.unwrap_or(SessionState::Ended);
        if let Some(heard) = heard {
            self.ports.session_cache.keep(session, state.clone(), heard);
        }
        Ok(state)
    }

    /// After a change of the user's standing: all their sessions and keys, and who they are.
    pub(super) async fn forget_user(&self, user: Id<UserMark>) -> Result<(), UserError> {
        let open = self.ports.sessions.open_of(user, self.ports.ambient.now()).await?;
        self.forget_sessions(&open).await?;
        self.forget_keys(&self.ports.api_keys.all_of(user).await?).await?;
        self.forget_person(user).await
    }

    /// Every process asks the database again what these sessions are worth.
    pub(super) async fn forget_sessions(&self, sessions: &[SessionId]) -> Result<(), UserError> {
        Ok(self.ports.session_cache.forget(sessions).await?)
    }
}
