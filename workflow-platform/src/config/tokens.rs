//! What signs tokens, seals secrets and hashes passwords.

use std::time::Duration;

use secrecy::SecretString;
use user_management::{HashCost, TokenAlgorithm};

use super::{read::Reader, secret};

/// What signs tokens and seals what is stored, and what a password's hash costs.
#[derive(Debug, Clone)]
pub struct TokenConfig {
    pub algorithm: TokenAlgorithm,
    /// Signs access tokens; 32 bytes at least.
    pub secret: SecretString,
    /// Signed before; their tokens are still accepted.
    pub older_secrets: Vec<SecretString>,
    /// Seals what is kept encrypted, such as passwords of proxies.
    pub data_secret: SecretString,
    /// Sealed before; what they sealed still opens.
    pub older_data_secrets: Vec<SecretString>,
    pub access: Duration,
    pub refresh: Duration,
    pub hash_cost: HashCost,
}

impl Reader<'_> {
    pub(super) fn tokens(&mut self) -> TokenConfig {
        let minutes: u64 = self.between("JWT_ACCESS_TOKEN_EXPIRE_MINUTES", 30, 1, 1440);
        TokenConfig {
            algorithm: self.parsed("JWT_ALGORITHM", TokenAlgorithm::default()),
            secret: self.secret("JWT_SECRET_KEY"),
            older_secrets: self.secrets("JWT_PREVIOUS_SECRET_KEYS"),
            data_secret: self.secret("DATA_SECRET_KEY"),
            older_data_secrets: self.secrets("DATA_PREVIOUS_SECRET_KEYS"),
            access: Duration::from_secs(minutes * 60),
            refresh: self.days("JWT_REFRESH_TOKEN_EXPIRE_DAYS", 7, 1, 365),
            hash_cost: self.hash_cost(),
        }
    }

    pub(super) fn days(&mut self, name: &str, default: u64, least: u64, most: u64) -> Duration {
        Duration::from_secs(self.between(name, default, least, most) * 86_400)
    }

    /// The least are those that OWASP still accepts, and RFC 9106's of 8 KiB a lane.
    fn hash_cost(&mut self) -> HashCost {
        let HashCost { memory_kib, passes, lanes } = HashCost::default();
        HashCost {
            memory_kib: self.between("PASSWORD_HASH_MEMORY_KIB", memory_kib, 7_168, 1_048_576),
            passes: self.between("PASSWORD_HASH_PASSES", passes, 1, 10),
            lanes: self.between("PASSWORD_HASH_LANES", lanes, 1, 8),
        }
    }

    pub(super) fn secret(&mut self, name: &str) -> SecretString {
        let Some(value) = self.source.get(name) else { return SecretString::default() };
        if let Some(weakness) = secret::weakness(value) {
            self.fault(name, weakness);
        }
        value.into()
    }

    /// A JSON list. Older ones are taken as they were.
    pub(super) fn secrets(&mut self, name: &str) -> Vec<SecretString> {
        let text = self.source.get(name).unwrap_or("[]");
        let Ok(secrets) = serde_json::from_str::<Vec<String>>(text) else {
            self.fault(name, "must be a JSON list of texts");
            return Vec::new();
        };
        if secrets.iter().any(|secret| secret.len() < secret::LEAST) {
            self.fault(name, format!("each must have at least {} bytes", secret::LEAST));
        }
        secrets.into_iter().map(SecretString::from).collect()
    }
}
