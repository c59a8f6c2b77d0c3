//! Book pages: `/book/{id}/` of the mobile site and of the desktop site.

use serde_json::Value;
use shared_kernel::domain::{PageError, SitePage, Timestamp};

use super::{
    book_markup,
    opened::Opened,
    page_context::{count, flag, id, prose, text, text_of_any, time},
    record::{BookRecord, Words},
};

/// Where the page keeps its numbers, and the names they get.
const COUNTS: [(&str, &str); 5] = [
    ("monthTicket", "month_tickets"),
    ("recomAll", "recommendations"),
    ("recomWeek", "recommendations_week"),
    ("collect", "collections"),
    ("clickTotal", "clicks"),
];

/// Reads a book page from its page context, or from its markup.
pub fn parse_book(page: &SitePage<'_>) -> Result<BookRecord, PageError> {
    let opened = Opened::new(page)?;
    opened.read(|data| from_data(data, page.seen_at), || book_markup::read(&opened))
}

fn from_data(data: &Value, seen_at: Option<Timestamp>) -> Result<BookRecord, PageError> {
    let info = data
        .get("bookInfo")
        .filter(|info| info.is_object())
        .ok_or_else(|| PageError::drift("pageData.bookInfo"))?;
    let mut book = book(info, seen_at)?;
    book.author_id = book.author_id.or_else(|| id(data.get("authorInfo")?, "authorId"));
    Ok(book)
}

fn book(info: &Value, seen_at: Option<Timestamp>) -> Result<BookRecord, PageError> {
    let book_id = id(info, "bookId").ok_or_else(|| PageError::drift("pageData.bookInfo.bookId"))?;
    let title =
        text(info, "bookName").ok_or_else(|| PageError::drift("pageData.bookInfo.bookName"))?;
    let words = count(info, "wordsCnt").or_else(|| count(info, "showWordsCnt"));
    let counts = COUNTS
        .iter()
        .filter_map(|(key, name)| Some(((*name).to_owned(), count(info, key)?)))
        .collect();
    Ok(BookRecord {
        book_id,
        title: Some(title),
        author: text(info, "authorName"),
        author_id: id(info, "authorId"),
        category: text(info, "chanName"),
        sub_category: text(info, "subCateName"),
        tags: tags(info),
        status: text_of_any(info, &["actionStatus", "bookStatus"]),
        words: words.and_then(Words::of),
        intro: prose(info, "desc"),
        latest_chapter: text(info, "updChapterName"),
        updated_at: time(info, "updTime", seen_at),
        counts,
        ..BookRecord::default()
    })
}

/// Labels, and what the page says about the contract and the price, in the site's words, as its
/// desktop page shows it among the attributes.
fn tags(info: &Value) -> Vec<String> {
    let labels = ["bookTag", "bookLabels"].iter().find_map(|key| info.get(*key)?.as_array());
    let label = |label: &Value| match label {
        Value::String(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
        _ => text_of_any(label, &["tagName", "name"]),
    };
    let signed = text(info, "signStatus").filter(|status| status.parse::<i64>().is_err());
    let vip = text(info, "isVip").is_some_and(|flag| flag.eq_ignore_ascii_case("vip"))
        || flag(info, "isVip") == Some(true);
    let labels = labels.into_iter().flatten().filter_map(label);
    let mut tags: Vec<String> = labels.chain(signed).chain(vip.then(|| "VIP".to_owned())).collect();
    let mut seen = std::collections::HashSet::new();
    tags.retain(|tag| seen.insert(tag.clone()));
    tags
}
