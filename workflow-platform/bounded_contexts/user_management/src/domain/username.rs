//! User names.

use std::{fmt, str::FromStr};

/// 3 to 32 letters, digits, `.`, `_` or `-`, beginning with a letter. ASCII only, so that two
/// names never look alike; without `@`, so that a name is never taken for an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Username(String);

/// The text is no user name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("must be 3 to 32 letters, digits, '.', '_' or '-' and begin with a letter")]
pub struct UsernameError;

impl Username {
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What makes two names the same: lower case.
    pub fn key(&self) -> String {
        self.0.to_ascii_lowercase()
    }
}

impl fmt::Display for Username {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Username {
    type Err = UsernameError;

    fn from_str(text: &str) -> Result<Self, UsernameError> {
        let fits = (3..=32).contains(&text.len())
            && text.starts_with(|c: char| c.is_ascii_alphabetic())
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte));
        if fits { Ok(Self(text.to_owned())) } else { Err(UsernameError) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_short_plain_and_begins_with_a_letter() {
        for right in ["ann", "Ann.B_c-9"] {
            assert!(right.parse::<Username>().is_ok(), "{right}");
        }
        for wrong in ["ab", "1ab", "a b", "a@b", "аnn", "_ab", &"a".repeat(33)] {
            assert!(wrong.parse::<Username>().is_err(), "{wrong}");
        }
    }
}
