//! Parsers: from a page to records. No IO, no clock.

mod author;
mod block;
mod book;
mod book_markup;
mod catalog;
mod category;
mod desktop_rows;
mod free;
mod mobile_rows;
mod opened;
mod page_context;
mod ranking;
mod recognise;
mod record;
mod row;
#[cfg(test)]
mod tests;

pub use author::parse_author;
pub use book::parse_book;
pub use catalog::parse_catalog;
pub(crate) use category::category_names;
pub use category::{ALL_CATEGORIES, category_id};
pub use free::parse_free;
pub use ranking::{Ranking, parse_ranking};
pub use recognise::recognise;
pub use record::{AuthorPage, BookRecord, ChapterRecord, FreeBook, Record, Words};

use shared_kernel::domain::{PageError, SitePage};

/// The kinds of pages this context can read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Page {
    Ranking,
    Book,
    Catalog,
    Author,
    Free,
}

impl Page {
    pub const ALL: [Self; 5] = [Self::Ranking, Self::Book, Self::Catalog, Self::Author, Self::Free];

    /// The name behind the dot in `qidian.ranking`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ranking => "ranking",
            Self::Book => "book",
            Self::Catalog => "catalog",
            Self::Author => "author",
            Self::Free => "free",
        }
    }

    /// All records of the page.
    pub fn parse(self, page: &SitePage<'_>) -> Result<Vec<Record>, PageError> {
        let books = |books: Vec<BookRecord>| books.into_iter().map(|b| Record::Book(Box::new(b)));
        Ok(match self {
            Self::Ranking => books(parse_ranking(page)?.books).collect(),
            Self::Book => books(vec![parse_book(page)?]).collect(),
            Self::Catalog => parse_catalog(page)?.into_iter().map(Record::Chapter).collect(),
            Self::Author => books(parse_author(page)?.books).collect(),
            Self::Free => {
                parse_free(page)?.into_iter().map(|book| Record::Free(Box::new(book))).collect()
            }
        })
    }
}
