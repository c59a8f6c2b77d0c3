//! What tokens and codes are signed and hashed by.

use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use shared_kernel::{application::AuthenticationError, domain::Timestamp};
use uuid::Uuid;

use crate::domain::CodeId;

/// What an access token says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// The user.
    pub sub: Uuid,
    /// The session.
    pub sid: Uuid,
    /// The token itself.
    pub jti: Uuid,
    /// Seconds since the epoch.
    pub iat: i64,
    /// Seconds since the epoch.
    pub exp: i64,
}

/// The token could not be signed.
#[derive(Debug, thiserror::Error)]
#[error("token could not be signed")]
pub struct SigningError(#[source] pub Box<dyn std::error::Error + Send + Sync>);

/// Signs and checks access tokens.
pub trait Tokens: Send + Sync {
    fn sign(&self, claims: &Claims) -> Result<String, SigningError>;

    /// Checks signature, form and time.
    fn verify(&self, token: &str, now: Timestamp) -> Result<Claims, AuthenticationError>;

    /// The keys that others may check access tokens with, the signing one first, as a JSON Web Key
    /// Set (RFC 7517); none while one secret both signs and checks.
    fn public_keys(&self) -> Value;

    /// The refresh token that follows another: always the same, and unknown without our key.
    fn successor(&self, token: &SecretString) -> SecretString;

    /// A keyed hash of the parts, for names of what others should not be able to read.
    fn fingerprint(&self, parts: &[&str]) -> String;

    /// The keyed hash of a verification code.
    fn code_hash(&self, id: CodeId, code: &str) -> Vec<u8>;
}
