//! A page of a collected site as parsers see it, and what can be wrong with it.

use std::borrow::Cow;

use serde::Serialize;

use super::Timestamp;

/// A fetched or saved page. Parsers are pure functions of it.
#[derive(Debug, Clone, Copy)]
pub struct SitePage<'a> {
    pub body: &'a [u8],
    /// Unknown for an imported file.
    pub status: Option<u16>,
    /// After redirects; unknown for an imported file.
    pub url: Option<&'a str>,
    /// When the page was got, which relative times ("3小时前") are counted from. Without it they
    /// stay unknown.
    pub seen_at: Option<Timestamp>,
}

impl<'a> SitePage<'a> {
    /// A saved page of which only the body is known.
    pub fn saved(body: &'a [u8]) -> Self {
        Self { body, status: None, url: None, seen_at: None }
    }

    /// The body as text; bytes that are not UTF-8 become U+FFFD.
    pub fn text(&self) -> Cow<'a, str> {
        let body = self.body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(self.body);
        String::from_utf8_lossy(body)
    }
}

/// Why a page gave no record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum PageError {
    /// The site wants proof of a human, or has blocked us.
    #[error("the site answered with a challenge ({sign})")]
    Challenge { sign: String },
    /// Only people who are signed in get to see it.
    #[error("the site wants a login ({sign})")]
    LoginWall { sign: String },
    /// The site says that there is no such thing (any more).
    #[error("the page is gone ({sign})")]
    Gone { sign: String },
    /// A healthy page in a shape this parser does not know.
    #[error("the page has changed its shape: {missing} is missing or unreadable")]
    ParseDrift {
        /// The first thing looked for in vain.
        missing: String,
    },
}

impl PageError {
    pub fn challenge(sign: impl Into<String>) -> Self {
        Self::Challenge { sign: sign.into() }
    }

    pub fn login_wall(sign: impl Into<String>) -> Self {
        Self::LoginWall { sign: sign.into() }
    }

    pub fn gone(sign: impl Into<String>) -> Self {
        Self::Gone { sign: sign.into() }
    }

    pub fn drift(missing: impl Into<String>) -> Self {
        Self::ParseDrift { missing: missing.into() }
    }
}
