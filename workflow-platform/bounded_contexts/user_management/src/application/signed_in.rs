//! The pair of tokens somebody gets.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest as _, Sha256};

use super::{
    UserError, UserModule,
    ports::{Claims, TokenHash},
};
use crate::domain::{SessionId, User};

/// A user with fresh tokens.
#[derive(Debug)]
pub struct SignedIn {
    pub user: User,
    pub access_token: SecretString,
    pub refresh_token: SecretString,
    /// Life of the access token in seconds.
    pub expires_in: u64,
}

/// Base64url of 32 random bytes.
pub(super) struct RefreshToken(pub SecretString);

impl RefreshToken {
    /// The tokens are random, so a plain hash cannot be reversed by trying.
    pub fn hash(text: &SecretString) -> TokenHash {
        TokenHash(hex::encode(Sha256::digest(text.expose_secret())))
    }
}

impl UserModule {
    pub(super) fn fresh_refresh_token(&self) -> RefreshToken {
        let bytes: [u8; 32] = self.ports.ambient.bytes();
        RefreshToken(SecretString::from(URL_SAFE_NO_PAD.encode(bytes)))
    }

    pub(super) fn signed_in(
        &self,
        user: User,
        session: SessionId,
        refresh: RefreshToken,
    ) -> Result<SignedIn, UserError> {
        let issued = self.ports.ambient.now().seconds();
        let expires_in = self.settings.access.as_secs();
        let claims = Claims {
            sub: user.id.uuid(),
            sid: session.uuid(),
            jti: self.ports.ambient.uuid(),
            iat: issued,
            exp: issued.saturating_add_unsigned(expires_in),
        };
        let access_token = SecretString::from(self.ports.tokens.sign(&claims)?);
        Ok(SignedIn { user, access_token, refresh_token: refresh.0, expires_in })
    }
}
