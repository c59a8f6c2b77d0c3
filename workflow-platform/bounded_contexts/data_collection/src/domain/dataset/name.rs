//! Names of datasets.

use std::{fmt, str::FromStr};

/// 1 to 100 letters or digits of any language, `_`, `-` and `.`, not beginning with a dot.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DatasetName(String);

/// The text is no name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("must be 1 to 100 letters, digits, _, - or ., and not begin with a dot")]
pub struct BadName;

impl DatasetName {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for DatasetName {
    type Err = BadName;

    fn from_str(text: &str) -> Result<Self, BadName> {
        let fits = (1..=100).contains(&text.chars().count())
            && !text.starts_with('.')
            && text.chars().all(|c| c.is_alphanumeric() || "_-.".contains(c));
        if fits { Ok(Self(text.to_owned())) } else { Err(BadName) }
    }
}

impl fmt::Display for DatasetName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_names_are_refused() {
        for good in ["qidian_books", "书-1", "a.b"] {
            assert!(good.parse::<DatasetName>().is_ok(), "{good}");
        }
        for bad in ["", ".", "..", "a/b", "a b", "a\n", "\"", "%2e", &"x".repeat(101)] {
            assert!(bad.parse::<DatasetName>().is_err(), "{bad:?}");
        }
    }
}
