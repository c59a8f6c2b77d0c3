//! What passwords are hashed and judged by.

use async_trait::async_trait;
use secrecy::SecretString;

use crate::domain::PasswordProblem;

/// The hash could not be calculated.
#[derive(Debug, thiserror::Error)]
#[error("password could not be hashed: {0}")]
pub struct HashingError(pub String);

/// Hashes passwords, off the async threads.
#[async_trait]
pub trait Passwords: Send + Sync {
    /// A hash in the PHC string format.
    async fn hash(&self, password: &SecretString) -> Result<String, HashingError>;

    /// Whether the password belongs to the hash. Without a hash it takes as long and is false.
    async fn verify(
        &self,
        password: &SecretString,
        hash: Option<String>,
    ) -> Result<bool, HashingError>;

    /// Whether the hash was made with other parameters than today's.
    fn is_dated(&self, hash: &str) -> bool;

    /// Why a password of the right length is too easy to guess. `personal` are words that an
    /// attacker would try first.
    async fn problem(
        &self,
        password: &SecretString,
        personal: Vec<String>,
    ) -> Result<Option<PasswordProblem>, HashingError>;
}
