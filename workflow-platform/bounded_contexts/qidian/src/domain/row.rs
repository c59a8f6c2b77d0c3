//! A row of the mobile site's lists: `{bid, bName, bAuth, …}`.

use serde_json::Value;
use shared_kernel::domain::Count;

use super::{
    page_context::{count, id, prose, text, text_of_any},
    record::{BookRecord, Words, count_name},
};

/// The row as a record; `None` without the book's id.
pub(super) fn book(row: &Value) -> Option<BookRecord> {
    let rank = count(row, "rankNum").and_then(|rank| u32::try_from(rank.value?).ok());
    let mut book = BookRecord {
        book_id: id(row, "bid").or_else(|| id(row, "bookId"))?,
        title: text_of_any(row, &["bName", "bookName"]),
        author: text_of_any(row, &["bAuth", "authorName"]),
        author_id: id(row, "authorId"),
        category: text(row, "cat"),
        sub_category: text(row, "subCat"),
        status: text_of_any(row, &["actionStatus", "state"]).filter(|text| !is_number(text)),
        words: count(row, "cnt").and_then(Words::of),
        rank: rank.filter(|rank| *rank > 0),
        intro: prose(row, "desc"),
        latest_chapter: text(row, "lastChapterName"),
        cover: text(row, "imgUrl"),
        ..BookRecord::default()
    };
    if let Some(measured) = text(row, "rankCnt")
        && let Some((value, unit)) = Count::parse_with_unit(&measured)
    {
        book.counts.insert(count_name(unit).to_owned(), value);
    }
    Some(book)
}

/// Whether a value looks like a row.
pub(super) fn is_row(value: &Value) -> bool {
    value.get("bid").is_some()
}

fn is_number(text: &str) -> bool {
    text.parse::<f64>().is_ok()
}
