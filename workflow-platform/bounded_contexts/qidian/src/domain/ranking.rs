//! Ranking pages: `/rank/{list}/catid{N}/` and `/rank/` of the mobile site, `/rank/{slug}/` and
//! `/all/` of the desktop site.

use serde_json::Value;
use shared_kernel::domain::{PageError, SitePage};

use super::{
    desktop_rows, mobile_rows,
    opened::Opened,
    page_context::{count, flag},
    record::BookRecord,
    row::{book, is_row},
};

/// A page of a ranking.
#[derive(Debug, Clone, PartialEq)]
pub struct Ranking {
    pub books: Vec<BookRecord>,
    /// How many books the whole list has, when the page says so.
    pub total: Option<u64>,
    /// The page says that no other follows.
    pub is_last: bool,
}

/// Reads a ranking from the page context, or from the markup when the context is missing.
pub fn parse_ranking(page: &SitePage<'_>) -> Result<Ranking, PageError> {
    let opened = Opened::new(page)?;
    opened.read(from_data, || from_markup(&opened))
}

fn from_data(data: &Value) -> Result<Ranking, PageError> {
    let found = data.get("records").or_else(|| data.pointer("/bookInfo/records"));
    let Some(records) = found.and_then(Value::as_array) else { return boards(data) };
    let total = count(data, "total").and_then(|total| total.value);
    let books: Vec<BookRecord> = records.iter().filter_map(book).collect();
    if books.is_empty() && (!records.is_empty() || total.is_some_and(|total| total > 0)) {
        return Err(PageError::drift("pageData.records[].bid"));
    }
    Ok(Ranking { books, total, is_last: flag(data, "isLast").unwrap_or(false) })
}

/// `/rank/` has several rankings, each a list under its own name.
fn boards(data: &Value) -> Result<Ranking, PageError> {
    // other pages recommend books too
    let other = ["bookInfo", "vs", "allBook", "curFree"].iter().any(|key| data.get(key).is_some());
    let members = data.as_object().filter(|_| !other).into_iter().flatten();
    let books: Vec<BookRecord> = members.flat_map(|(name, member)| board(name, member)).collect();
    if books.is_empty() {
        return Err(PageError::drift("pageData.records"));
    }
    Ok(Ranking { books, total: None, is_last: true })
}

/// A board shows the head of its ranking, so places are counted where the rows do not tell them.
fn board(name: &str, member: &Value) -> Vec<BookRecord> {
    let inner = member.as_object().into_iter().flat_map(serde_json::Map::values);
    let listed = inner.filter_map(Value::as_array).find(|rows| rows.iter().any(is_row));
    let rows = member.as_array().or(listed).map(Vec::as_slice).unwrap_or_default();
    let mut books: Vec<(usize, BookRecord)> =
        rows.iter().enumerate().filter_map(|(at, row)| Some((at, book(row)?))).collect();
    let counted = books.iter().all(|(_, book)| book.rank.is_none());
    for (at, book) in &mut books {
        book.board = Some(name.to_owned());
        if counted {
            book.rank = u32::try_from(*at + 1).ok();
        }
    }
    books.into_iter().map(|(_, book)| book).collect()
}

fn from_markup(opened: &Opened) -> Result<Ranking, PageError> {
    let rows = desktop_rows::read(opened);
    let rows = if rows.is_empty() { mobile_rows::read(opened) } else { rows };
    if rows.is_empty() {
        let looked_for = format!("pageContext, {} and {}", desktop_rows::ROW, mobile_rows::ROW);
        return Err(PageError::drift(looked_for));
    }
    let books: Vec<BookRecord> = rows.into_iter().flatten().collect();
    if books.is_empty() {
        return Err(PageError::drift("the book id in a ranking row"));
    }
    Ok(Ranking { books, total: None, is_last: false })
}
