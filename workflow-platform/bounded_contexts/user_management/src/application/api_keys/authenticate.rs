//! Checks a key on every request. What is known of it is remembered and forgotten as it is of
//! sessions.

use shared_kernel::application::{AuthenticationError, Principal, Proof, RequestContext};
use subtle::ConstantTimeEq as _;

use crate::{
    application::{UserError, UserModule, authenticate::unavailable, ports::KeyState},
    domain::{ApiKeyId, KeyText, KeyUse, UserStatus},
};

impl UserModule {
    pub(in crate::application) async fn authenticate_key(
        &self,
        text: &str,
    ) -> Result<Principal, AuthenticationError> {
        let given = KeyText::parse(text).ok_or(AuthenticationError::Invalid)?;
        let KeyState::Open { user, role, status, locale, scopes, hash, expires_at } =
            self.key_state(given.id).await?
        else {
            return Err(AuthenticationError::Revoked);
        };
        if !bool::from(given.hash().ct_eq(&hash)) {
            return Err(AuthenticationError::Invalid);
        }
        let now = self.ports.ambient.now();
        if expires_at <= now {
            return Err(AuthenticationError::Expired);
        }
        if status != UserStatus::Active {
            return Err(AuthenticationError::Revoked);
        }
        let id = given.id.uuid();
        self.key_uses.note(given.id, KeyUse { at: now, address: RequestContext::current().client });
        Ok(Principal { user: user.into(), role, locale, proof: Proof::ApiKey { id, scopes } })
    }

    /// Unknown keys are not remembered: anybody can invent as many as they like.
    async fn key_state(&self, key: ApiKeyId) -> Result<KeyState, AuthenticationError> {
        if let Some(state) = self.ports.key_cache.get(key) {
            return Ok(state);
        }
        let heard = self.ports.key_cache.heard();
        if heard.is_none() {
            self.ports.cache.ping().await.map_err(unavailable)?;
        }
        let state = self.ports.api_keys.state(key).await.map_err(unavailable)?;
        if let (KeyState::Open { .. }, Some(heard)) = (&state, heard) {
            self.ports.key_cache.keep(key, state, heard);
        }
        Ok(state)
    }

    /// Every process asks the database again what these keys are worth.
    pub(in crate::application) async fn forget_keys(
        &self,
        keys: &[ApiKeyId],
    ) -> Result<(), UserError> {
        Ok(self.ports.key_cache.forget(keys).await?)
    }
}
