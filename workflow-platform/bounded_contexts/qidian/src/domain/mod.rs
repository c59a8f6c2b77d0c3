//! Parsers: from a page to records. No IO, no clock.

mod block;
mod book;
mod category;
mod html;
mod page_context;
mod ranking;
mod ranking_html;
mod record;

pub use book::parse_book;
pub(crate) use category::category_names;
pub use category::{ALL_CATEGORIES, category_id};
pub use ranking::{Ranking, parse_ranking};
pub use record::BookRecord;
pub use shared_kernel::domain::parse_time;

use shared_kernel::domain::{PageError, SitePage};

/// The kinds of pages this context can read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Page {
    Ranking,
    Book,
}

impl Page {
    pub const ALL: [Self; 2] = [Self::Ranking, Self::Book];

    /// The name behind the dot in `qidian.ranking`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ranking => "ranking",
            Self::Book => "book",
        }
    }

    /// All records of the page.
    pub fn parse(self, page: &SitePage<'_>) -> Result<Vec<BookRecord>, PageError> {
        match self {
            Self::Ranking => parse_ranking(page).map(|ranking| ranking.books),
            Self::Book => parse_book(page).map(|book| vec![book]),
        }
    }
}
