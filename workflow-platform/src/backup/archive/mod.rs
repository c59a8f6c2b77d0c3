//! Archives of a whole platform: a tar of named entries, compressed with zstd and, with a key,
//! sealed. Everything is a stream; memory does not grow with what is kept.

mod entries;
mod format;
mod header;
mod seal;

#[cfg(test)]
mod tests;

use std::io;

pub use entries::{Engine, Entries, MANIFEST, Manifest};
pub use format::{ArchiveReader, ArchiveWriter};
pub use header::Salt;
use shared_kernel::domain::ErrorKind;

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
    #[error("archive cannot be read")]
    Read(#[source] io::Error),
    #[error("archive cannot be written")]
    Write(#[source] io::Error),
}

impl ArchiveError {
    pub const fn kind(&self) -> ErrorKind {
        match self {
            Self::Foreign
            | Self::KeyMissing
            | Self::WrongKey
            | Self::Damaged(_)
            | Self::Inconsistent(_) => ErrorKind::Invalid,
            Self::Read(_) | Self::Write(_) => ErrorKind::Unavailable,
        }
    }
}
