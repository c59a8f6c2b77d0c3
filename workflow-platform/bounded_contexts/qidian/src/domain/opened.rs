//! A page taken apart once: the tree of its markup, and the data it embeds.

use scraper::Html;
use serde_json::Value;
use shared_kernel::domain::{
    PageError, SitePage, Timestamp,
    markup::{attribute, digits_after, first, meta, parse},
};

use super::{block, page_context};

/// What parsers read.
pub(super) struct Opened {
    pub document: Html,
    pub seen_at: Option<Timestamp>,
    /// Where the page is from, when that is known.
    pub address: Option<String>,
    data: Result<Option<Value>, PageError>,
}

impl Opened {
    /// Fails when the page is blocked, gone or behind a login.
    pub fn new(page: &SitePage<'_>) -> Result<Self, PageError> {
        let text = page.text();
        let bare = text.trim_start();
        if bare.starts_with('{') {
            let data = page_context::from_json(bare).map(Some);
            let address = page.url.map(str::to_owned);
            return Ok(Self {
                document: Html::parse_document(""),
                seen_at: page.seen_at,
                address,
                data,
            });
        }
        let document =
            parse(&text).ok_or_else(|| PageError::drift("a page that nests less deep"))?;
        block::check(page, &text, &document)?;
        let data = page_context::page_data(&document);
        let address = page.address(&text).map(str::to_owned);
        Ok(Self { document, seen_at: page.seen_at, address, data })
    }

    /// Reads the embedded data, or the markup where the data is missing or not what it was. The
    /// first thing missed is what the error tells of.
    pub fn read<T>(
        &self,
        from_data: impl FnOnce(&Value) -> Result<T, PageError>,
        from_markup: impl FnOnce() -> Result<T, PageError>,
    ) -> Result<T, PageError> {
        match &self.data {
            Ok(None) => from_markup(),
            Ok(Some(data)) => from_data(data).or_else(|missed| from_markup().map_err(|_| missed)),
            Err(missed @ PageError::ParseDrift { .. }) => from_markup().map_err(|_| missed.clone()),
            Err(other) => Err(other.clone()),
        }
    }

    /// The id behind a mark in the page's own address: `/book/` in `…/book/12/`.
    pub fn own_id(&self, mark: &str) -> Option<String> {
        let canonical =
            || attribute(first(self.document.root_element(), "link[rel='canonical']")?, "href");
        let told = [
            self.address.clone(),
            meta(&self.document, "og:url"),
            meta(&self.document, "og:novel:read_url"),
            canonical(),
        ];
        told.iter().flatten().find_map(|address| digits_after(address, mark))
    }
}
