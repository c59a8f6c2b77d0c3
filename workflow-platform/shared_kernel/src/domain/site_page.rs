//! A page of a collected site as parsers see it, and what can be wrong with it.

use std::borrow::Cow;

use serde::Serialize;

use super::{Timestamp, page_text};

/// A browser that saves a page says where from within so many bytes.
const SAVED_FROM_WITHIN: usize = 4096;

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

    /// The body as text: UTF-8, GBK or what its byte order mark says. Bytes that fit no character
    /// become U+FFFD.
    pub fn text(&self) -> Cow<'a, str> {
        page_text::decode(self.body)
    }

    /// Where the page is from: its address, or what the browser that saved it wrote into its head.
    pub fn address<'t>(&self, text: &'t str) -> Option<&'t str>
    where
        'a: 't,
    {
        self.url.or_else(|| saved_from(text))
    }
}

/// `<!-- saved from url=(0042)https://… -->`, or `SingleFile`'s `url: https://…`.
fn saved_from(text: &str) -> Option<&str> {
    let mut end = text.len().min(SAVED_FROM_WITHIN);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let (comment, _) = text[..end].split_once("<!--")?.1.split_once("-->")?;
    let behind = match comment.split_once("saved from url=") {
        Some((_, behind)) => behind,
        None => comment.contains("SingleFile").then(|| comment.split_once("url:"))??.1,
    };
    let start = behind.find("http")?;
    behind[start..].split_whitespace().next()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_write_down_where_a_page_is_from() {
        let page = SitePage::saved(b"");
        let chrome = "<!DOCTYPE html>\n<!-- saved from url=(0028)https://example.invalid/a/1 -->";
        assert_eq!(page.address(chrome), Some("https://example.invalid/a/1"));
        let single = "<!DOCTYPE html> <html><!--\n Page saved with SingleFile \n url: https://example.invalid/b \n saved date: x\n-->";
        assert_eq!(page.address(single), Some("https://example.invalid/b"));
        assert_eq!(page.address("<!-- url: https://example.invalid -->"), None);
        let known = SitePage { url: Some("https://example.invalid/c"), ..page };
        assert_eq!(known.address(chrome), Some("https://example.invalid/c"));
    }
}
