//! How a key is written: `wfp_<id>_<secret><checksum>`.
//!
//! Id (128 bit) and secret (256 bit) are numbers in base 62, so that a double click marks the whole
//! key. The checksum is 32 bit of SHA-256 over what stands before it: scanners for lost secrets,
//! and we, know a mistyped or invented key without looking anything up.

use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest as _, Sha256};
use shared_kernel::domain::Ambient;

use super::ApiKeyId;

/// Nothing else that is sent as a bearer token begins so.
pub const KEY_PREFIX: &str = "wfp_";

const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/// Digits that hold 16, 32 and 4 bytes.
const ID_WIDTH: usize = 22;
const SECRET_WIDTH: usize = 43;
const CHECK_WIDTH: usize = 6;

/// Id and secret of a key.
#[derive(Clone)]
pub struct KeyText {
    pub id: ApiKeyId,
    secret: [u8; 32],
}

impl KeyText {
    pub fn draw(id: ApiKeyId, ambient: &Ambient) -> Self {
        Self { id, secret: ambient.bytes() }
    }

    /// `None` when the text is no key, its checksum included.
    pub fn parse(text: &str) -> Option<Self> {
        let (id, rest) = text.strip_prefix(KEY_PREFIX)?.split_once('_')?;
        let (secret, check) = rest.split_at_checked(SECRET_WIDTH)?;
        let (head, _) = text.split_at_checked(text.len().checked_sub(CHECK_WIDTH)?)?;
        if id.len() != ID_WIDTH || check != checksum(head) {
            return None;
        }
        let id = uuid::Uuid::from_bytes(decode(id)?);
        Some(Self { id: id.into(), secret: decode(secret)? })
    }

    /// The whole key, for its user's eyes.
    pub fn write(&self) -> SecretString {
        let head = format!("{}_{}", public_part(self.id), encode(&self.secret, SECRET_WIDTH));
        let check = checksum(&head);
        SecretString::from(head + &check)
    }

    /// The last characters of the key.
    pub fn last_four(&self) -> String {
        let text = self.write();
        let text = text.expose_secret();
        text[text.len() - 4..].to_owned()
    }

    /// What is stored in the place of the secret. It is random, so that no key of ours is needed
    /// to keep it from being guessed, and a renewed one of ours does not end all keys of all users.
    pub fn hash(&self) -> [u8; 32] {
        let hash = Sha256::new().chain_update(b"workflow-platform api key v1\0");
        hash.chain_update(self.id.uuid().as_bytes()).chain_update(self.secret).finalize().into()
    }
}

/// What of a key may be shown: it names the key and opens nothing.
pub fn public_part(id: ApiKeyId) -> String {
    format!("{KEY_PREFIX}{}", encode(id.uuid().as_bytes(), ID_WIDTH))
}

fn checksum(head: &str) -> String {
    encode(&Sha256::digest(head)[..4], CHECK_WIDTH)
}

/// The bytes as one number, the most significant digit first.
fn encode(bytes: &[u8], width: usize) -> String {
    let mut digits = vec![0_u8; width];
    for byte in bytes {
        let mut carry = u16::from(*byte);
        for digit in digits.iter_mut().rev() {
            carry += u16::from(*digit) << 8;
            *digit = u8::try_from(carry % 62).unwrap_or_default();
            carry /= 62;
        }
    }
    digits.into_iter().map(|digit| char::from(DIGITS[usize::from(digit)])).collect()
}

/// `None` for other digits, and for numbers that need more than `N` bytes.
fn decode<const N: usize>(text: &str) -> Option<[u8; N]> {
    let mut bytes = [0_u8; N];
    for letter in text.bytes() {
        let digit = DIGITS.iter().position(|one| *one == letter)?;
        let mut carry = u16::try_from(digit).ok()?;
        for byte in bytes.iter_mut().rev() {
            carry += u16::from(*byte) * 62;
            [_, *byte] = carry.to_be_bytes();
            carry >>= 8;
        }
        if carry != 0 {
            return None;
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn key(id: u128, secret: [u8; 32]) -> KeyText {
        KeyText { id: uuid::Uuid::from_u128(id).into(), secret }
    }

    fn written(key: &KeyText) -> String {
        key.write().expose_secret().to_owned()
    }

    proptest! {
        #[test]
        fn a_key_survives_its_text(id: u128, secret: [u8; 32]) {
            let made = key(id, secret);
            let text = written(&made);
            let read = KeyText::parse(&text).unwrap();
            prop_assert_eq!((read.id, read.secret), (made.id, secret));
            prop_assert_eq!(text.len(), 76);
            prop_assert!(text.starts_with(&public_part(made.id)));
            prop_assert!(text.ends_with(&made.last_four()));
        }

        #[test]
        fn one_wrong_letter_is_noticed(secret: [u8; 32], at in 4..76_usize, letter in "[0-9A-Za-z]") {
            let text = written(&key(7, secret));
            let mut wrong = text.clone();
            wrong.replace_range(at..=at, &letter);
            prop_assert!(wrong == text || KeyText::parse(&wrong).is_none(), "{}", wrong);
        }

        #[test]
        fn any_text_is_a_key_or_none(text: String, tail in "[0-9A-Za-z_]{0,80}") {
            prop_assert!(KeyText::parse(&text).is_none());
            let likely = format!("wfp_{tail}");
            prop_assert!(KeyText::parse(&likely).is_none());
        }
    }

    #[test]
    fn the_hash_depends_on_id_and_secret() {
        let hash = |id, first| key(id, [first; 32]).hash();
        assert_eq!(hash(1, 1), hash(1, 1));
        assert_ne!(hash(1, 1), hash(2, 1));
        assert_ne!(hash(1, 1), hash(1, 2));
    }
}
