//! Parsers: from a page to records. No IO, no clock.

mod block;
mod creator;
mod feed;
mod note;
mod note_markup;
mod opened;
mod recognise;
mod record;
mod state;
#[cfg(test)]
mod tests;
mod video;

pub use creator::parse_creator;
pub use feed::parse_feed;
pub use note::parse_note;
pub use recognise::recognise;
pub use record::{Author, CreatorRecord, Image, NoteRecord, Record, Video};

use shared_kernel::domain::{PageError, SitePage};

/// The kinds of pages this context can read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Page {
    Note,
    Feed,
    Creator,
}

impl Page {
    pub const ALL: [Self; 3] = [Self::Note, Self::Feed, Self::Creator];

    /// The name behind the dot in `xiaohongshu.note`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Feed => "feed",
            Self::Creator => "creator",
        }
    }

    /// All records of the page.
    pub fn parse(self, page: &SitePage<'_>) -> Result<Vec<Record>, PageError> {
        let note = |note| Record::Note(Box::new(note));
        Ok(match self {
            Self::Note => vec![note(parse_note(page)?)],
            Self::Feed => parse_feed(page)?.into_iter().map(note).collect(),
            Self::Creator => vec![Record::Creator(Box::new(parse_creator(page)?))],
        })
    }
}
