//! Parsers: from a page to records. No IO, no clock.

mod block;
mod note;
mod record;
mod state;
mod video;

pub use note::parse_note;
pub use record::{Author, Image, NoteRecord, Video};

use shared_kernel::domain::{PageError, SitePage};

/// The kinds of pages this context can read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Page {
    Note,
}

impl Page {
    pub const ALL: [Self; 1] = [Self::Note];

    /// The name behind the dot in `xiaohongshu.note`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Note => "note",
        }
    }

    /// All records of the page.
    pub fn parse(self, page: &SitePage<'_>) -> Result<Vec<NoteRecord>, PageError> {
        match self {
            Self::Note => parse_note(page).map(|note| vec![note]),
        }
    }
}
