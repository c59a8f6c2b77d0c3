//! Names of secrets and variables.

use std::{fmt, str::FromStr};

use crate::domain::identifier::is_identifier;

/// Unique among the user's secrets, or variables.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntryName(String);

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be 1 to 64 letters, digits and _, and begin with no digit")]
pub struct BadName;

impl FromStr for EntryName {
    type Err = BadName;

    /// Up to 64 of `A-Z a-z 0-9 _`, no digit first, so that `secrets.<name>` is an expression.
    fn from_str(text: &str) -> Result<Self, BadName> {
        if is_identifier(text) { Ok(Self(text.to_owned())) } else { Err(BadName) }
    }
}

impl EntryName {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for EntryName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_can_stand_after_a_dot() {
        for good in ["A", "api_key", "_x9", &"n".repeat(64)] {
            assert_eq!(good.parse::<EntryName>().unwrap().as_str(), good);
        }
        for bad in ["", "9a", "a-b", "a.b", "密", &"n".repeat(65)] {
            assert_eq!(bad.parse::<EntryName>(), Err(BadName), "{bad}");
        }
    }
}
