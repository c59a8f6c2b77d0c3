//! The page of a writer: `/author/{id}/` of the mobile site.

use serde_json::Value;
use shared_kernel::domain::{PageError, SitePage};

use super::{
    opened::Opened,
    page_context::{id, prose, text, text_of_any},
    record::AuthorPage,
    row::book,
};

/// Reads the writer and their books.
pub fn parse_author(page: &SitePage<'_>) -> Result<AuthorPage, PageError> {
    let opened = Opened::new(page)?;
    let mut author = opened.read(from_data, || Err(PageError::drift("pageContext")))?;
    author.author_id = author.author_id.or_else(|| opened.own_id("/author/"));
    for book in &mut author.books {
        book.author = book.author.take().or_else(|| author.name.clone());
        book.author_id = book.author_id.take().or_else(|| author.author_id.clone());
    }
    Ok(author)
}

fn from_data(data: &Value) -> Result<AuthorPage, PageError> {
    let info = data.get("info").filter(|info| info.is_object());
    let rows = data.get("allBook").and_then(Value::as_array);
    let name = info.and_then(|info| text_of_any(info, &["name", "authorName"]));
    if name.is_none() && rows.is_none() {
        return Err(PageError::drift("pageData.info and pageData.allBook"));
    }
    let rows = rows.map(Vec::as_slice).unwrap_or_default();
    let books: Vec<_> = rows.iter().filter_map(book).collect();
    if books.is_empty() && !rows.is_empty() {
        return Err(PageError::drift("pageData.allBook[].bid"));
    }
    let author_id = info.and_then(|info| id(info, "authorId").or_else(|| id(info, "id")));
    let intro = info.and_then(|info| prose(info, "desc"));
    Ok(AuthorPage { author_id: author_id.or_else(|| id(data, "authorId")), name, intro, books })
}

/// Whether the page data is that of a writer.
pub(super) fn is_author(data: &Value) -> bool {
    data.get("allBook").is_some()
        && data.get("info").is_some_and(|info| text(info, "name").is_some())
}
