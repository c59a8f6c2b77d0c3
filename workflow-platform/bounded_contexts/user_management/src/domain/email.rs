//! E-mail addresses as people have them.

use std::{fmt, str::FromStr};

/// An address of the plain form `local@domain` (RFC 5321 without quoting, literals and UTF-8).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmailAddress(String);

/// The text is no such address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("must be an e-mail address")]
pub struct EmailError;

impl EmailAddress {
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What makes two addresses the same account: all of it in lower case. Servers could tell
    /// cases of the local part apart; people do not.
    pub fn key(&self) -> String {
        self.0.to_ascii_lowercase()
    }
}

impl fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for EmailAddress {
    type Err = EmailError;

    fn from_str(text: &str) -> Result<Self, EmailError> {
        let text = text.trim();
        let (local, domain) = text.rsplit_once('@').ok_or(EmailError)?;
        let fits = text.len() <= 254 && local.len() <= 64 && is_local(local) && is_domain(domain);
        if fits { Ok(Self(text.to_owned())) } else { Err(EmailError) }
    }
}

/// A dot-atom.
fn is_local(text: &str) -> bool {
    let is_atom = |atom: &str| {
        let fits =
            |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+/=?^_`{|}~-".contains(&byte);
        !atom.is_empty() && atom.bytes().all(fits)
    };
    text.split('.').all(is_atom)
}

/// Two labels or more.
fn is_domain(text: &str) -> bool {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    text.contains('.') && text.split('.').all(is_label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_addresses_are_taken_and_others_are_not() {
        for right in ["a@b.cn", "first.last+tag@mail.example.com", " x_y@1-2.example "] {
            assert!(right.parse::<EmailAddress>().is_ok(), "{right}");
        }
        for wrong in [
            "",
            "@",
            "a@",
            "@b.c",
            "a@b",
            "a b@c.d",
            ".a@b.c",
            "a..b@c.d",
            "a@-b.c",
            "a@b..c",
            "a@b.c\r\nBcc: x@y.z",
            "<a@b.c>",
            "a@b@c.d",
            "名@b.c",
        ] {
            assert!(wrong.parse::<EmailAddress>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn case_does_not_make_another_address() {
        let key = |text: &str| text.parse::<EmailAddress>().unwrap().key();
        assert_eq!(key("Ann@Example.COM"), key("ann@example.com"));
    }
}
