//! Which kind of page a saved file is.

use serde_json::Value;
use shared_kernel::domain::{PageError, SitePage, markup::has};

use super::{Page, author::is_author, opened::Opened, row::is_row};

/// The kind of a saved page, by what it embeds or shows. An error when it is blocked, gone, or of
/// no kind this context reads.
pub fn recognise(page: &SitePage<'_>) -> Result<Page, PageError> {
    let opened = Opened::new(page)?;
    opened.read(by_data, || {
        by_markup(&opened).ok_or_else(|| PageError::drift("a page context, a list or a book"))
    })
}

fn by_data(data: &Value) -> Result<Page, PageError> {
    let holds = |key| data.get(key).is_some_and(|value| !value.is_null());
    if holds("vs") {
        return Ok(Page::Catalog);
    }
    if is_author(data) {
        return Ok(Page::Author);
    }
    if holds("curFree") {
        return Ok(Page::Free);
    }
    let book = data.get("bookInfo").is_some_and(|info| info.get("records").is_none());
    if book && !holds("records") {
        return Ok(Page::Book);
    }
    let lists = |value: &Value| value.as_array().is_some_and(|rows| rows.iter().any(is_row));
    let lists = |value: &Value| {
        lists(value) || value.as_object().is_some_and(|inner| inner.values().any(lists))
    };
    let boards = data.as_object().is_some_and(|members| members.values().any(lists));
    if holds("records") || holds("bookInfo") || boards {
        return Ok(Page::Ranking);
    }
    Err(PageError::drift("records, bookInfo, vs, allBook or curFree in pageData"))
}

fn by_markup(opened: &Opened) -> Option<Page> {
    const MARKS: [(&str, Page); 4] = [
        (".catalog-volume, .volume-wrap .volume, a[class*='_chapterItem_']", Page::Catalog),
        (
            "#rank-view-list, #book-img-text, ul.all-img-list, .y-list__item[data-index]",
            Page::Ranking,
        ),
        ("#bookName, #bookImg, meta[property='og:novel:book_name']", Page::Book),
        (".book-mid-info", Page::Ranking),
    ];
    let book_page = has(&opened.document, "#bookName, #bookImg");
    MARKS
        .into_iter()
        .filter(|(_, page)| !(book_page && *page == Page::Catalog))
        .find_map(|(mark, page)| has(&opened.document, mark).then_some(page))
}
