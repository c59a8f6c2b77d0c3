//! Archives of a whole platform: a tar of named entries, compressed with zstd and, with a key,
//! sealed. Everything is a stream; memory does not grow with what is kept.

mod archive;
mod entries;
mod header;
mod seal;

#[cfg(test)]
mod tests;

use std::io;

pub use archive::{ArchiveReader, ArchiveWriter};
pub use entries::{Entries, MANIFEST, Manifest};

/// An archive cannot be written or is refused.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    #[error("this is no backup of a workflow platform")]
    Foreign,
    #[error("archive is sealed, and no key is configured")]
    KeyMissing,
    #[error("archive is of another key, or its beginning is damaged")]
    WrongKey,
    #[error("archive is damaged or cut off")]
    Damaged(#[source] io::Error),
    #[error("archive is damaged: {0}")]
    Inconsistent(String),
    #[error("archive cannot be written")]
    Write(#[source] io::Error),
}
