//! A page taken apart once: the tree of its markup, and the state it starts from.

use scraper::Html;
use serde_json::Value;
use shared_kernel::domain::{
    PageError, SitePage, Timestamp,
    markup::{attribute, first, meta, parse},
};

use super::{block, state::page_state};

/// What parsers read.
pub(super) struct Opened<'a> {
    page: &'a SitePage<'a>,
    pub document: Html,
    pub state: Result<Option<Value>, PageError>,
    /// Where the page is from, when that is known.
    address: Option<String>,
}

impl<'a> Opened<'a> {
    pub fn new(page: &'a SitePage<'a>) -> Self {
        let text = page.text();
        let bare = text.trim_start().starts_with(['{', '[']);
        let parsed = if bare { None } else { parse(&text) };
        let too_deep = !bare && parsed.is_none();
        let document = parsed.unwrap_or_else(|| Html::parse_document(""));
        let state = if too_deep {
            Err(PageError::drift("a page that nests less deep"))
        } else {
            page_state(&text, &document)
        };
        let address = page.address(&text).map(str::to_owned);
        Self { page, document, state, address }
    }

    pub fn seen_at(&self) -> Option<Timestamp> {
        self.page.seen_at
    }

    /// Reads the state, or the markup where the state is missing or not what it was. A page that
    /// shows what was looked for is never taken for a blocked one, whatever words it holds.
    pub fn read<T>(
        &self,
        missing: &str,
        from_state: impl FnOnce(&Value) -> Option<T>,
        from_markup: impl FnOnce() -> Option<T>,
    ) -> Result<T, PageError> {
        let state = self.state.as_ref().ok().and_then(Option::as_ref);
        if let Some(found) = state.and_then(from_state) {
            return Ok(found);
        }
        if let Some(told) = block::told(self.page, state, self.address.as_deref()) {
            return Err(told);
        }
        if let Some(found) = from_markup() {
            return Ok(found);
        }
        if let Some(seen) = block::by_sight(&self.document) {
            return Err(seen);
        }
        match &self.state {
            Err(unreadable) => Err(unreadable.clone()),
            Ok(None) => Err(PageError::drift("window.__INITIAL_STATE__")),
            Ok(Some(_)) => Err(PageError::drift(missing)),
        }
    }

    /// The id of 24 hexadecimal digits behind one of the marks in the page's own address.
    pub fn own_id(&self, marks: &[&str]) -> Option<String> {
        let canonical =
            || attribute(first(self.document.root_element(), "link[rel='canonical']")?, "href");
        let told = [self.address.clone(), meta(&self.document, "og:url"), canonical()];
        told.iter().flatten().find_map(|address| id_behind(address, marks))
    }
}

/// The id of 24 hexadecimal digits behind one of the marks.
pub(super) fn id_behind(address: &str, marks: &[&str]) -> Option<String> {
    marks.iter().find_map(|mark| {
        let (_, behind) = address.split_once(mark)?;
        let id: String = behind.chars().take_while(char::is_ascii_hexdigit).collect();
        (id.len() == 24).then_some(id)
    })
}
