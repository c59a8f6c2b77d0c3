//! Codes for those who have lost their authenticator.

use sha2::{Digest as _, Sha256};
use shared_kernel::domain::{Ambient, Id, User as UserMark};

/// How many somebody gets at a time.
pub const RECOVERY_CODES: usize = 10;

/// Without characters that look alike. 32 of them: five bits each, without bias.
const ALPHABET: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
/// 120 bits.
const LENGTH: usize = 24;
const GROUP: usize = 4;

/// Six groups of four characters; compared without hyphens and case. Not printed by `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct RecoveryCode(String);

impl RecoveryCode {
    pub fn draw(ambient: &Ambient) -> Self {
        let letter = |byte: u8| char::from(ALPHABET[usize::from(byte % 32)]);
        Self(ambient.bytes::<LENGTH>().into_iter().map(letter).collect())
    }

    /// What somebody typed, hyphens, spaces and case forgiven.
    pub fn parse(text: &str) -> Option<Self> {
        let kept = text.chars().filter(|c| !c.is_whitespace() && *c != '-').take(LENGTH + 1);
        let code: String = kept.map(|c| c.to_ascii_uppercase()).collect();
        let fits = code.len() == LENGTH && code.bytes().all(|byte| ALPHABET.contains(&byte));
        fits.then_some(Self(code))
    }

    /// As its owner sees it, once.
    pub fn display(&self) -> String {
        let groups = self.0.as_bytes().chunks(GROUP);
        groups.map(String::from_utf8_lossy).collect::<Vec<_>>().join("-")
    }

    /// The one form that is stored. With 120 random bits a plain hash cannot be reversed by trying
    /// (OWASP ASVS 5, 6.5.2); the user's id keeps equal codes of two people apart.
    pub fn hash(&self, user: Id<UserMark>) -> Vec<u8> {
        let hash = Sha256::new().chain_update(b"workflow-platform recovery code v1\0");
        hash.chain_update(user.uuid().as_bytes()).chain_update(&self.0).finalize().to_vec()
    }
}

impl std::fmt::Debug for RecoveryCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RecoveryCode(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_is_read_back_whatever_its_case_and_hyphens() {
        let (ambient, _) = testkit::ambient();
        for _ in 0..100 {
            let code = RecoveryCode::draw(&ambient);
            let shown = code.display();
            assert_eq!(shown.len(), LENGTH + 5);
            assert_eq!(RecoveryCode::parse(&shown), Some(code.clone()));
            let typed = format!(" {} ", shown.to_lowercase().replace('-', " "));
            assert_eq!(RecoveryCode::parse(&typed), Some(code.clone()));
            assert!(!format!("{code:?}").contains(&code.0));
        }
    }

    #[test]
    fn other_texts_are_no_codes_and_other_users_have_other_hashes() {
        let (ambient, _) = testkit::ambient();
        for wrong in ["", "ABCD-EFGH", &"A".repeat(25), &"I".repeat(24), &"é".repeat(24)] {
            assert!(RecoveryCode::parse(wrong).is_none(), "{wrong}");
        }
        let code = RecoveryCode::draw(&ambient);
        assert_ne!(code.hash(ambient.id()), code.hash(ambient.id()));
    }
}
