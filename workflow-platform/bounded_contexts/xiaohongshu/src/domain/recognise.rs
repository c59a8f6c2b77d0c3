//! Which kind of page a saved file is.

use serde_json::Value;
use shared_kernel::domain::{PageError, SitePage, markup::has};

use super::{Page, creator, feed, note, note_markup, opened::Opened};

/// The kind of a saved page, by what its state holds or it shows. An error when it is blocked,
/// gone, or of no kind this context reads.
pub fn recognise(page: &SitePage<'_>) -> Result<Page, PageError> {
    let opened = Opened::new(page);
    opened.read("a note, a profile or a feed", by_state, || by_markup(&opened))
}

fn by_state(state: &Value) -> Option<Page> {
    if note::find(state).is_some() {
        return Some(Page::Note);
    }
    if creator::page_data(state).is_some() {
        return Some(Page::Creator);
    }
    feed::rows(state).is_some_and(|mut rows| rows.next().is_some()).then_some(Page::Feed)
}

fn by_markup(opened: &Opened<'_>) -> Option<Page> {
    if note_markup::read(opened).is_some() {
        return Some(Page::Note);
    }
    if has(&opened.document, ".user-info .user-name, .user-redId") {
        return Some(Page::Creator);
    }
    has(&opened.document, "section.note-item").then_some(Page::Feed)
}
