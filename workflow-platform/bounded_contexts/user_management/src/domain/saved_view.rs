//! Filters of the list of executions that somebody comes back to.

use shared_kernel::domain::Timestamp;

/// Views of one user at once.
pub const MOST_SAVED_VIEWS: u32 = 20;

const LONGEST_NAME: usize = 40;
const LONGEST_SEARCH: usize = 2000;

/// A filter under a name, which is its user's only one of that name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedView {
    pub name: ViewName,
    pub search: ViewSearch,
    pub created_at: Timestamp,
}

/// 1 to 40 characters, none of them control characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ViewName(String);

/// The filter as the address of the list has it, without the question mark: 1 to 2000 characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ViewSearch(String);

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("must have 1 to {most} characters and no control characters")]
pub struct ViewTextError {
    most: usize,
}

fn fitting(text: &str, most: usize) -> Result<String, ViewTextError> {
    let text = text.trim();
    let fits = (1..=most).contains(&text.chars().count()) && !text.chars().any(char::is_control);
    if fits { Ok(text.to_owned()) } else { Err(ViewTextError { most }) }
}

impl ViewName {
    /// Blanks around the name are dropped.
    pub fn parse(text: &str) -> Result<Self, ViewTextError> {
        fitting(text, LONGEST_NAME).map(Self)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl ViewSearch {
    pub fn parse(text: &str) -> Result<Self, ViewTextError> {
        fitting(text, LONGEST_SEARCH).map(Self)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_view_has_a_short_name_and_a_search_that_fits_into_an_address() {
        assert_eq!(ViewName::parse(" failed today ").unwrap().as_str(), "failed today");
        assert!(ViewName::parse(&"视".repeat(40)).is_ok());
        for bad in ["", "  ", "a\nb", &"v".repeat(41)] {
            assert!(ViewName::parse(bad).is_err(), "{bad:?}");
        }
        assert!(ViewSearch::parse(&"s".repeat(2000)).is_ok());
        assert!(ViewSearch::parse(&"s".repeat(2001)).is_err());
    }
}
