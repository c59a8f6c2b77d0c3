//! What lies in an archive: the manifest first, then entries, then the sums of all before.
//!
//! The sums are written as `b3sum` writes them. They are last because they are known last; readers
//! keep one running hash of the lines they expect, however many entries there are.

use std::{
    collections::BTreeMap,
    io::{self, Read, Write},
};

use serde::{Deserialize, Serialize};

/// Name of the first entry.
pub const MANIFEST: &str = "manifest.json";
/// Name of the last entry.
pub(super) const SUMS: &str = "b3sums.txt";
/// Bytes; no manifest is larger.
pub(super) const LARGEST_MANIFEST: u64 = 1024 * 1024;

/// What an archive says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// Version of the product that wrote it.
    pub product: String,
    /// `sqlite` or `postgres`.
    pub database: String,
    /// Migrations that were applied, in order.
    pub migrations: Vec<String>,
    /// Rows of each table.
    pub rows: BTreeMap<String, u64>,
}

/// Takes the entries of an archive as they come. Nothing that is taken counts before the archive
/// was read to its end.
pub trait Entries {
    /// Says whether the archive is wanted at all, before any entry.
    fn begin(&mut self, manifest: &Manifest) -> io::Result<()>;

    /// Reads `content`; what is left of it is skipped.
    fn entry(&mut self, name: &str, content: &mut dyn Read) -> io::Result<()>;
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
}

impl<T> Hashing<T> {
    pub(super) fn new(inner: T) -> Self {
        Self { inner, hasher: blake3::Hasher::new(), count: 0 }
    }

    fn passed(&mut self, bytes: &[u8]) {
        self.hasher.update(bytes);
        self.count += bytes.len() as u64;
    }
}

impl<R: Read> Read for Hashing<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(into)?;
        self.passed(&into[..count]);
        Ok(count)
    }
}

impl<W: Write> Write for Hashing<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.inner.write(bytes)?;
        self.passed(&bytes[..count]);
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}
