//! Keys that access tokens are signed with, derived from the secrets of the configuration.

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Validation};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::application::TokenAlgorithm;

pub(super) const ISSUER: &str = "workflow-platform";
pub(super) const AUDIENCE: &str = "workflow-platform-api";

/// The secret gives no key.
#[derive(Debug, thiserror::Error)]
#[error("no signing key can be made of the secret: {0}")]
pub struct KeyError(String);

/// One key with its name, for one algorithm.
pub(super) struct TokenKey {
    /// Other for each algorithm, so that no token can choose how its key is used.
    pub id: String,
    pub algorithm: Algorithm,
    pub signing: EncodingKey,
    pub verifying: DecodingKey,
    /// What a token of the key must say. Time is checked against our own clock.
    pub rules: Validation,
    /// Of keys that have a public half.
    public: Option<String>,
}

/// A key of its own for each use, so that no value signed for one use means anything in another.
pub(super) fn derived(label: &[u8], secret: &str) -> Vec<u8> {
    Sha256::new().chain_update(label).chain_update(secret).finalize().to_vec()
}

impl TokenKey {
    pub fn new(algorithm: TokenAlgorithm, secret: &str) -> Result<Self, KeyError> {
        match algorithm {
            TokenAlgorithm::Hs256 => Ok(Self::hs256(secret)),
            TokenAlgorithm::EdDsa => Self::ed25519(secret),
        }
    }

    fn hs256(secret: &str) -> Self {
        Self {
            id: hex::encode(&derived(b"workflow-platform token key id v1\0", secret)[..4]),
            algorithm: Algorithm::HS256,
            signing: EncodingKey::from_secret(secret.as_bytes()),
            verifying: DecodingKey::from_secret(secret.as_bytes()),
            rules: rules(Algorithm::HS256),
            public: None,
        }
    }

    /// The seed is a hash of the secret, so that all processes have the same key (RFC 8032).
    fn ed25519(secret: &str) -> Result<Self, KeyError> {
        let seed = derived(b"workflow-platform Ed25519 seed v1\0", secret);
        let pair = Ed25519KeyPair::from_seed_unchecked(&seed)
            .map_err(|error| KeyError(error.to_string()))?;
        let private = pair.to_pkcs8().map_err(|error| KeyError(error.to_string()))?;
        let public = pair.public_key().as_ref();
        Ok(Self {
            id: hex::encode(&Sha256::digest(public)[..8]),
            algorithm: Algorithm::EdDSA,
            signing: EncodingKey::from_ed_der(private.as_ref()),
            verifying: DecodingKey::from_ed_der(public),
            rules: rules(Algorithm::EdDSA),
            public: Some(URL_SAFE_NO_PAD.encode(public)),
        })
    }

    /// The public half as a JSON Web Key (RFC 8037).
    pub fn jwk(&self) -> Option<Value> {
        let x = self.public.as_ref()?;
        let (kid, alg) = (&self.id, "EdDSA");
        Some(
            json!({ "kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": alg, "kid": kid, "x": x }),
        )
    }
}

fn rules(algorithm: Algorithm) -> Validation {
    let mut rules = Validation::new(algorithm);
    rules.validate_exp = false;
    rules.set_issuer(&[ISSUER]);
    rules.set_audience(&[AUDIENCE]);
    rules.set_required_spec_claims(&["iss", "aud"]);
    rules
}
