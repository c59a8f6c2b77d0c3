//! Secrets at rest: envelope encryption with AES-256-GCM. Each secret has a key of its own, which
//! the process's key seals; what is sealed for one place opens in no other.

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

/// Keys that seal the keys of secrets.
#[derive(Clone)]
struct MasterKey {
    id: String,
    cipher: Aes256Gcm,
    fingerprint_key: [u8; 32],
}

impl MasterKey {
    fn new(secret: &[u8]) -> Self {
        let digest =
            Sha256::new().chain_update(b"workflow-platform seal v1\0").chain_update(secret);
        let key = digest.finalize();
        let id = hex::encode(&Sha256::digest(key)[..4]);
        let digest =
            Sha256::new().chain_update(b"workflow-platform fingerprint v1\0").chain_update(secret);
        Self { id, cipher: cipher(key.into()), fingerprint_key: digest.finalize().into() }
    }

    fn fingerprint(&self, parts: &[&[u8]]) -> String {
        let mut hasher = blake3::Hasher::new_keyed(&self.fingerprint_key);
        for part in parts {
            hasher.update(&(part.len() as u64).to_be_bytes()).update(part);
        }
        hasher.finalize().to_hex().to_string()
    }
}

fn cipher(key: [u8; 32]) -> Aes256Gcm {
    Aes256Gcm::new(&Key::<Aes256Gcm>::from(key))
}

/// Seals and opens small secrets. Form: `v2.<key id>.<sealed key>.<sealed secret>`, the latter two
/// in base64 with their nonce in front. The older `v1.<key id>.<sealed secret>`, without a key of
/// the secret's own, still opens.
#[derive(Clone)]
pub struct Sealer {
    current: MasterKey,
    older: Vec<MasterKey>,
    ambient: Ambient,
}

impl Sealer {
    /// Derives the sealing key from the process's secret.
    pub fn new(secret: &[u8], ambient: Ambient) -> Self {
        Self { current: MasterKey::new(secret), older: Vec::new(), ambient }
    }

    /// Opens what was sealed with these secrets too.
    #[must_use]
    pub fn opening<'a>(mut self, older: impl IntoIterator<Item = &'a [u8]>) -> Self {
        self.older.extend(older.into_iter().map(MasterKey::new));
        self
    }

    /// `place` names table, row and column; the same must be given to open.
    pub fn seal(&self, place: &str, secret: &[u8]) -> Result<String, SealError> {
        let key: [u8; 32] = self.ambient.bytes();
        let sealed_key = self.encrypt(&self.current.cipher, place, &key)?;
        let sealed = self.encrypt(&cipher(key), place, secret)?;
        Ok(format!("v2.{}.{sealed_key}.{sealed}", self.current.id))
    }

    /// Keyed BLAKE3 of the parts, 64 hexadecimal digits: tells equal from different without giving
    /// whoever reads the table something to guess passwords against.
    pub fn fingerprint(&self, parts: &[&[u8]]) -> String {
        self.current.fingerprint(parts)
    }

    /// Whether it is of these parts, by today's key or an older one.
    pub fn is_fingerprint(&self, print: &str, parts: &[&[u8]]) -> bool {
        let mut keys = std::iter::once(&self.current).chain(&self.older);
        keys.any(|key| key.fingerprint(parts) == print)
    }

    pub fn open(&self, place: &str, sealed: &str) -> Result<Vec<u8>, SealError> {
        let parts: Vec<&str> = sealed.split('.').collect();
        match parts[..] {
            ["v1", id, secret] => decrypt(&self.master(id)?.cipher, place, secret),
            ["v2", id, key, secret] => {
                let key = decrypt(&self.master(id)?.cipher, place, key)?;
                let key = <[u8; 32]>::try_from(key).map_err(|_| SealError::Malformed)?;
                decrypt(&cipher(key), place, secret)
            }
            _ => Err(SealError::Malformed),
        }
    }

    /// How texts begin that need not be sealed anew: their key is today's.
    pub fn current_prefix(&self) -> String {
        format!("v2.{}.", self.current.id)
    }

    fn master(&self, id: &str) -> Result<&MasterKey, SealError> {
        let mut keys = std::iter::once(&self.current).chain(&self.older);
        keys.find(|key| key.id == id).ok_or(SealError::WrongKey)
    }

    fn encrypt(&self, key: &Aes256Gcm, place: &str, text: &[u8]) -> Result<String, SealError> {
        let nonce: [u8; 12] = self.ambient.bytes();
        let payload = Payload { msg: text, aad: place.as_bytes() };
        let sealed = key.encrypt(&Nonce::from(nonce), payload).map_err(|_| SealError::Seal)?;
        Ok(STANDARD_NO_PAD.encode([nonce.as_slice(), &sealed].concat()))
    }
}

fn decrypt(key: &Aes256Gcm, place: &str, sealed: &str) -> Result<Vec<u8>, SealError> {
    let bytes = STANDARD_NO_PAD.decode(sealed).map_err(|_| SealError::Malformed)?;
    let (nonce, ciphertext) = bytes.split_first_chunk::<12>().ok_or(SealError::Malformed)?;
    let payload = Payload { msg: ciphertext, aad: place.as_bytes() };
    key.decrypt(&Nonce::from(*nonce), payload).map_err(|_| SealError::WrongKey)
}

impl fmt::Debug for Sealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sealer").field("key_id", &self.current.id).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::infrastructure::system::ambient;

    const SECRET: &[u8] = b"0123456789abcdef0123456789abcdef";
    const OTHER: &[u8] = b"another secret of enough length!";

    #[test]
    fn a_secret_opens_only_in_its_place_and_with_its_key() {
        let ours = Sealer::new(SECRET, ambient());
        let sealed = ours.seal("proxies/1/password", b"hush").unwrap();
        assert_eq!(ours.open("proxies/1/password", &sealed).unwrap(), b"hush");
        assert_eq!(ours.open("proxies/2/password", &sealed), Err(SealError::WrongKey));
        let other = Sealer::new(OTHER, ambient());
        assert_eq!(other.open("proxies/1/password", &sealed), Err(SealError::WrongKey));
        for garbage in ["x", "", "v2.a", "v2.a.b.c", "v3.a.b.c", "v1...."] {
            assert!(ours.open("x", garbage).is_err(), "{garbage}");
        }
    }

    #[test]
    fn the_keys_of_two_secrets_cannot_be_swapped() {
        let ours = Sealer::new(SECRET, ambient());
        let one = ours.seal("a", b"one").unwrap();
        let two = ours.seal("a", b"two").unwrap();
        let parts = |text: &str| text.split('.').map(str::to_owned).collect::<Vec<_>>();
        let (one, two) = (parts(&one), parts(&two));
        assert_ne!(one[2], two[2], "each has a key of its own");
        let mixed = [&one[0], &one[1], &one[2], &two[3]].map(String::as_str).join(".");
        assert_eq!(ours.open("a", &mixed), Err(SealError::WrongKey));
    }

    #[test]
    fn older_keys_open_and_the_older_form_too() {
        let sealed = Sealer::new(OTHER, ambient()).seal("a", b"hush").unwrap();
        let ours = Sealer::new(SECRET, ambient()).opening([OTHER]);
        assert_eq!(ours.open("a", &sealed).unwrap(), b"hush");
        assert!(ours.seal("a", b"x").unwrap().starts_with(&ours.current_prefix()));
        // Made by the form before: one key for all secrets.
        let key = MasterKey::new(OTHER);
        let v1 = format!("v1.{}.{}", key.id, ours.encrypt(&key.cipher, "a", b"hush").unwrap());
        assert_eq!(ours.open("a", &v1).unwrap(), b"hush");
    }

    #[test]
    fn a_fingerprint_depends_on_the_key_and_on_where_parts_end() {
        let ours = Sealer::new(SECRET, ambient());
        let print = ours.fingerprint(&[b"ab", b"c"]);
        assert_eq!((print.len(), &print), (64, &ours.fingerprint(&[b"ab", b"c"])));
        assert_ne!(print, ours.fingerprint(&[b"a", b"bc"]));
        let changed = Sealer::new(OTHER, ambient());
        assert_ne!(print, changed.fingerprint(&[b"ab", b"c"]));
        assert!(!changed.is_fingerprint(&print, &[b"ab", b"c"]));
        assert!(changed.opening([SECRET]).is_fingerprint(&print, &[b"ab", b"c"]));
    }
}
