//! What an uploaded file may be called.

use std::{fmt, str::FromStr};

/// Characters at most.
const LONGEST: usize = 200;

/// A name to show, and no path: nothing is ever stored under it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileName(String);

/// The text is no file name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("is not a file name of 1 to {LONGEST} characters without control characters and slashes")]
pub struct BadFileName;

impl FileName {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for FileName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for FileName {
    type Err = BadFileName;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let name = text.trim();
        let bad = |c: char| c.is_control() || matches!(c, '/' | '\\');
        let fits = (1..=LONGEST).contains(&name.chars().count());
        let dots = name.chars().all(|c| c == '.');
        if fits && !dots && !name.contains(bad) {
            Ok(Self(name.to_owned()))
        } else {
            Err(BadFileName)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_no_path() {
        assert_eq!("  榜单 1.html ".parse::<FileName>().unwrap().as_str(), "榜单 1.html");
        for bad in ["", " ", "..", "a/b", "a\\b", "a\nb", &"x".repeat(201)] {
            assert!(bad.parse::<FileName>().is_err(), "{bad:?}");
        }
    }
}
