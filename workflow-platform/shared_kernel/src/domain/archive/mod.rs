//! ZIP archives that people upload, read within bounds.
//!
//! Only what such archives need is known: the central directory, stored and deflated entries.
//! What an entry claims is never believed: its size is bounded while it is unpacked, and all
//! entries together have a budget, which also ends archives whose entries overlap.

mod directory;

use std::io::Read as _;

use bytes::Bytes;
use flate2::{Crc, read::DeflateDecoder};

use directory::{Listed, data_of, list};

/// What an archive may hold.
#[derive(Debug, Clone, Copy)]
pub struct ArchiveLimits {
    pub entries: usize,
    /// Bytes of one entry, unpacked.
    pub entry_bytes: usize,
}

/// The bytes are not an archive that can be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ArchiveError {
    #[error("not a ZIP archive")]
    NotZip,
    #[error("the archive is damaged")]
    Damaged,
    #[error("the archive is split or of the 64-bit kind")]
    Unsupported,
    #[error("the archive has more than {0} entries")]
    TooMany(usize),
}

/// One entry cannot be read; others may.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EntryError {
    #[error("it is encrypted")]
    Encrypted,
    #[error("its compression method {0} is not known")]
    Method(u16),
    #[error("its name leads out of the archive")]
    UnsafeName,
    #[error("it is an archive itself")]
    Nested,
    #[error("it has more than {0} bytes")]
    TooLarge(usize),
    #[error("the archive holds more than may be unpacked at once")]
    Budget,
    #[error("it is damaged")]
    Damaged,
}

/// An archive whose directory has been read.
#[derive(Debug, Clone)]
pub struct Archive {
    bytes: Bytes,
    limits: ArchiveLimits,
    entries: Vec<Listed>,
}

impl Archive {
    /// Whether the bytes begin as an archive does.
    pub fn looks_like_one(bytes: &[u8]) -> bool {
        bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06")
    }

    pub fn open(bytes: Bytes, limits: ArchiveLimits) -> Result<Self, ArchiveError> {
        let entries = list(&bytes, limits.entries)?;
        Ok(Self { bytes, limits, entries })
    }

    /// How many entries there are, folders included.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The entry's name, fit to be shown. Nothing is ever written under it.
    pub fn name(&self, index: usize) -> Option<&str> {
        self.entries.get(index).map(|entry| entry.name.as_str())
    }

    pub fn is_folder(&self, index: usize) -> bool {
        self.name(index).is_some_and(|name| name.ends_with('/'))
    }

    /// Unpacks one entry, taking what it needs from the budget.
    pub fn read(&self, index: usize, budget: &mut usize) -> Result<Vec<u8>, EntryError> {
        let entry = self.entries.get(index).ok_or(EntryError::Damaged)?;
        if !entry.safe_name {
            return Err(EntryError::UnsafeName);
        }
        if entry.encrypted {
            return Err(EntryError::Encrypted);
        }
        let packed = data_of(&self.bytes, entry).ok_or(EntryError::Damaged)?;
        let most = self.limits.entry_bytes;
        let bound = most.min(*budget);
        let content = match entry.method {
            0 => packed.get(..packed.len().min(bound.saturating_add(1))).map(<[u8]>::to_vec),
            8 => inflate(packed, bound),
            other => return Err(EntryError::Method(other)),
        };
        let content = content.ok_or(EntryError::Damaged)?;
        if content.len() > most {
            return Err(EntryError::TooLarge(most));
        }
        if content.len() > *budget {
            *budget = 0;
            return Err(EntryError::Budget);
        }
        *budget -= content.len();
        if checksum(&content) != entry.checksum {
            return Err(EntryError::Damaged);
        }
        if Self::looks_like_one(&content) {
            return Err(EntryError::Nested);
        }
        Ok(content)
    }
}

/// At most one byte more than the bound, so that too much is seen.
fn inflate(packed: &[u8], bound: usize) -> Option<Vec<u8>> {
    let mut content = Vec::new();
    let most = u64::try_from(bound).ok()?.checked_add(1)?;
    DeflateDecoder::new(packed).take(most).read_to_end(&mut content).ok()?;
    Some(content)
}

fn checksum(content: &[u8]) -> u32 {
    let mut crc = Crc::new();
    crc.update(content);
    crc.sum()
}

#[cfg(test)]
mod tests;
