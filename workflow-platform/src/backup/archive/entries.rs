//! What lies in an archive: the manifest first, then entries, then the sums of all before.
//!
//! The sums are written as `b3sum` writes them. They are last because they are known last; readers
//! keep one running hash of the lines they expect, however many entries there are.

use std::{
    fmt,
    io::{self, Read},
};

use serde::{Deserialize, Serialize};
use shared_kernel::domain::Timestamp;

use super::ArchiveError;
use crate::backup::Census;

/// Name of the first entry.
pub const MANIFEST: &str = "manifest.json";
/// Name of the last entry.
pub(super) const SUMS: &str = "b3sums.txt";
/// Bytes; no manifest is larger.
pub(super) const LARGEST_MANIFEST: u64 = 1024 * 1024;

/// The database that an archive holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Engine {
    Sqlite,
    Postgres,
}

impl fmt::Display for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
        })
    }
}

/// What an archive says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// Version of the product that wrote it.
    pub product: String,
    pub made_at: Timestamp,
    pub database: Engine,
    #[serde(flatten)]
    pub census: Census,
    /// Whether it holds the files of the blob store.
    pub blobs: bool,
}

/// Takes the entries of an archive as they come. Nothing that is taken counts before the archive
/// was read to its end.
pub trait Entries {
    /// Faults of the taker; those of the archive come as what they are.
    type Error: From<ArchiveError>;

    /// Says whether the archive is wanted at all, before any entry.
    fn begin(&mut self, manifest: &Manifest) -> Result<(), Self::Error>;

    /// Reads `content`; what is left of it is skipped. A fault of reading is told whatever is made
    /// of it here.
    fn entry(&mut self, name: &str, content: &mut dyn Read) -> Result<(), Self::Error>;
}

/// One line of the sums.
pub(super) fn line(name: &str, sum: blake3::Hash) -> String {
    format!("{}  {name}\n", sum.to_hex())
}

/// Whether a name is a path below the archive's root, of plain parts.
pub(super) fn is_plain(name: &str) -> bool {
    !name.contains(['\n', '\\', '\0'])
        && name.split('/').all(|part| !part.is_empty() && part != "." && part != "..")
}

/// Hashes what passes through.
pub(super) struct Hashing<T> {
    pub(super) inner: T,
    pub(super) hasher: blake3::Hasher,
    pub(super) count: u64,
    /// Why reading ended before its end.
    pub(super) failed: Option<io::Error>,
}

impl<T> Hashing<T> {
    pub(super) fn new(inner: T) -> Self {
        Self { inner, hasher: blake3::Hasher::new(), count: 0, failed: None }
    }

    fn passed(&mut self, bytes: &[u8]) {
        self.hasher.update(bytes);
        self.count += bytes.len() as u64;
    }
}

impl<R: Read> Read for Hashing<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        match self.inner.read(into) {
            Ok(count) => {
                self.passed(&into[..count]);
                Ok(count)
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => Err(error),
            Err(error) => {
                let told = error.kind().into();
                self.failed = Some(error);
                Err(told)
            }
        }
    }
}
