//! Secrets at rest: AES-256-GCM with a random nonce and associated data that names the place.

use std::fmt;

use aes_gcm::{
    Aes256Gcm, Key, KeyInit as _, Nonce,
    aead::{Aead as _, Payload},
};
use base64::{Engine as _, engine::general_purpose::STANDARD_NO_PAD};
use sha2::{Digest as _, Sha256};

use crate::domain::Ambient;

/// The sealed text cannot be opened with any key at hand.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    #[error("secret could not be sealed")]
    Seal,
    #[error("sealed secret is malformed")]
    Malformed,
    #[error("sealed secret belongs to another key or place")]
    WrongKey,
}

/// Seals and opens small secrets. Form: `v1.<key id>.<base64 of nonce and ciphertext>`.
#[derive(Clone)]
pub struct Sealer {
    key_id: String,
    cipher: Aes256Gcm,
    ambient: Ambient,
}

impl Sealer {
    /// Derives the sealing key from the process's secret.
    pub fn new(secret: &[u8], ambient: Ambient) -> Self {
        let digest =
            Sha256::new().chain_update(b"workflow-platform seal v1\0").chain_update(secret);
        let key = digest.finalize();
        let key_id = hex::encode(&Sha256::digest(key)[..4]);
        let cipher = Aes256Gcm::new(&Key::<Aes256Gcm>::from(<[u8; 32]>::from(key)));
        Self { key_id, cipher, ambient }
    }

    /// `place` names table, row and column; the same must be given to open.
    pub fn seal(&self, place: &str, secret: &[u8]) -> Result<String, SealError> {
        let nonce: [u8; 12] = self.ambient.bytes();
        let payload = Payload { msg: secret, aad: place.as_bytes() };
        let sealed =
            self.cipher.encrypt(&Nonce::from(nonce), payload).map_err(|_| SealError::Seal)?;
        let body = STANDARD_NO_PAD.encode([nonce.as_slice(), &sealed].concat());
        Ok(format!("v1.{}.{body}", self.key_id))
    }

    pub fn open(&self, place: &str, sealed: &str) -> Result<Vec<u8>, SealError> {
        let mut parts = sealed.splitn(3, '.');
        let (Some("v1"), Some(key_id), Some(body)) = (parts.next(), parts.next(), parts.next())
        else {
            return Err(SealError::Malformed);
        };
        if key_id != self.key_id {
            return Err(SealError::WrongKey);
        }
        let bytes = STANDARD_NO_PAD.decode(body).map_err(|_| SealError::Malformed)?;
        let (nonce, ciphertext) = bytes.split_first_chunk::<12>().ok_or(SealError::Malformed)?;
        let payload = Payload { msg: ciphertext, aad: place.as_bytes() };
        self.cipher.decrypt(&Nonce::from(*nonce), payload).map_err(|_| SealError::WrongKey)
    }
}

impl fmt::Debug for Sealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sealer").field("key_id", &self.key_id).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::infrastructure::system::ambient;

    #[test]
    fn a_secret_opens_only_in_its_place_and_with_its_key() {
        let ours = Sealer::new(b"0123456789abcdef0123456789abcdef", ambient());
        let sealed = ours.seal("proxies/1/password", b"hush").unwrap();
        assert_eq!(ours.open("proxies/1/password", &sealed).unwrap(), b"hush");
        assert_eq!(ours.open("proxies/2/password", &sealed), Err(SealError::WrongKey));
        let other = Sealer::new(b"another secret of enough length!", ambient());
        assert_eq!(other.open("proxies/1/password", &sealed), Err(SealError::WrongKey));
        assert_eq!(ours.open("x", "garbage"), Err(SealError::Malformed));
    }
}
