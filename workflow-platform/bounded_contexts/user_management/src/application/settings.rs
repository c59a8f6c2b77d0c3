//! What an operator decides.

use std::{fmt, str::FromStr, time::Duration};

use secrecy::SecretString;

/// How access tokens are signed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum TokenAlgorithm {
    /// With the secret itself.
    #[default]
    Hs256,
    /// With a key pair made of the secret, whose public half is published.
    EdDsa,
}

impl FromStr for TokenAlgorithm {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "HS256" => Ok(Self::Hs256),
            "EdDSA" => Ok(Self::EdDsa),
            _ => Err("must be HS256 or EdDSA"),
        }
    }
}

impl fmt::Display for TokenAlgorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Hs256 => "HS256",
            Self::EdDsa => "EdDSA",
        })
    }
}

/// What one hash of a password costs (RFC 9106).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HashCost {
    pub memory_kib: u32,
    pub passes: u32,
    pub lanes: u32,
}

/// OWASP's first choice (Password Storage Cheat Sheet): 46 MiB, one pass, one lane.
impl Default for HashCost {
    fn default() -> Self {
        Self { memory_kib: 47_104, passes: 1, lanes: 1 }
    }
}

/// What an operator may set.
#[derive(Debug, Clone)]
pub struct UserSettings {
    /// Signs access tokens; 32 bytes or more.
    pub secret: SecretString,
    /// Signed before and still accepted.
    pub older_secrets: Vec<SecretString>,
    pub algorithm: TokenAlgorithm,
    pub hash_cost: HashCost,
    /// Life of an access token.
    pub access: Duration,
    /// Life of a refresh token.
    pub refresh: Duration,
    /// What authenticators call the platform.
    pub issuer: String,
    /// How long somebody may change their mind who has asked for the end of their account.
    pub deletion_grace: Duration,
    /// How long the audit log is kept.
    pub audit_kept: Duration,
}

impl UserSettings {
    /// 30 minutes, 7 days, 30 days to change one's mind, and a year of the audit log.
    pub fn new(secret: SecretString) -> Self {
        Self {
            secret,
            older_secrets: Vec::new(),
            algorithm: TokenAlgorithm::default(),
            hash_cost: HashCost::default(),
            access: Duration::from_mins(30),
            refresh: Duration::from_hours(7 * 24),
            issuer: "Workflow Platform".to_owned(),
            deletion_grace: Duration::from_hours(30 * 24),
            audit_kept: Duration::from_hours(365 * 24),
        }
    }
}
