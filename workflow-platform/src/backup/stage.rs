//! Reading an archive into a folder, where it is proved before anything is changed.

use std::{
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
    sync::Arc,
};

use bytes::Bytes;
use secrecy::SecretString;
use shared_kernel::application::{BlobKey, BlobStore};
use tokio::runtime::Handle;

use super::{ArchiveError, BackupError, Engine, Entries, Manifest, error::at, shelf};

/// Names of entries.
pub(super) const DATABASE: &str = "database";
pub(super) const SECRET: &str = "secret.key";
pub(super) const BLOBS: &str = "blobs/";

/// Bytes; no blob is larger.
const LARGEST_BLOB: u64 = 2 * 1024 * 1024 * 1024;

/// An archive that was read to its end and is as it was written.
#[derive(Debug)]
pub(super) struct Staged {
    pub(super) manifest: Manifest,
    pub(super) has_secret: bool,
    pub(super) blobs: u64,
}

/// What is wanted of an archive.
pub(super) struct Wanted {
    /// Any, unless given.
    pub(super) engine: Option<Engine>,
    /// Migrations that this version knows.
    pub(super) known: Vec<String>,
    /// Where database and secret go.
    pub(super) folder: PathBuf,
    /// Where blobs go; nowhere when they are only looked at.
    pub(super) blobs: Option<Arc<dyn BlobStore>>,
}

impl Wanted {
    /// Reads the archive to its end.
    pub(super) async fn read(
        self,
        archive: &Path,
        keys: &[SecretString],
    ) -> Result<Staged, BackupError> {
        let (archive, keys, handle) = (archive.to_owned(), keys.to_vec(), Handle::current());
        let read = move || self.blocking_read(&archive, &keys, &handle);
        tokio::task::spawn_blocking(read).await?
    }

    fn blocking_read(
        self,
        archive: &Path,
        keys: &[SecretString],
        handle: &Handle,
    ) -> Result<Staged, BackupError> {
        let opened = shelf::open(archive, keys)?;
        let mut taking =
            Taking { wanted: self, handle, has_database: false, has_secret: false, blobs: 0 };
        let manifest = opened.read(&mut taking)?;
        if !taking.has_database {
            let without = "it has no database".to_owned();
            return Err(ArchiveError::Inconsistent(without).into());
        }
        Ok(Staged { manifest, has_secret: taking.has_secret, blobs: taking.blobs })
    }
}

struct Taking<'a> {
    wanted: Wanted,
    handle: &'a Handle,
    has_database: bool,
    has_secret: bool,
    blobs: u64,
}

impl Taking<'_> {
    fn file(&self, name: &str, content: &mut dyn Read) -> Result<(), BackupError> {
        let path = self.wanted.folder.join(name);
        write(&path, content).map_err(at(&path))
    }

    fn blob(&mut self, key: &BlobKey, content: &mut dyn Read) -> Result<(), BackupError> {
        let mut bytes = Vec::new();
        let limited = &mut content.take(LARGEST_BLOB);
        limited.read_to_end(&mut bytes).map_err(ArchiveError::Damaged)?;
        if !key.fits(&bytes) {
            let other = format!("blob {} does not have the content its name promises", key.0);
            return Err(ArchiveError::Inconsistent(other).into());
        }
        if let Some(blobs) = &self.wanted.blobs {
            self.handle.block_on(blobs.keep(key, Bytes::from(bytes)))?;
        }
        self.blobs += 1;
        Ok(())
    }
}

/// Readable by its owner alone, and durable.
fn write(path: &Path, content: &mut dyn Read) -> io::Result<()> {
    use std::os::unix::fs::OpenOptionsExt as _;
    let mut file = File::options().write(true).create_new(true).mode(0o600).open(path)?;
    io::copy(content, &mut file)?;
    file.sync_all()
}

impl Entries for Taking<'_> {
    type Error = BackupError;

    fn begin(&mut self, manifest: &Manifest) -> Result<(), BackupError> {
        let unknown = |name: &&String| !self.wanted.known.contains(name);
        if let Some(unknown) = manifest.census.migrations.iter().find(unknown) {
            let (product, unknown) = (manifest.product.clone(), unknown.clone());
            return Err(BackupError::Newer { product, unknown });
        }
        let (archived, configured) = (manifest.database, self.wanted.engine);
        match configured {
            Some(configured) if archived != configured => {
                Err(BackupError::OtherEngine { archived, configured })
            }
            _ => Ok(()),
        }
    }

    fn entry(&mut self, name: &str, content: &mut dyn Read) -> Result<(), BackupError> {
        match name.strip_prefix(BLOBS) {
            Some(key) => self.blob(&BlobKey(key.to_owned()), content),
            None if name == DATABASE => {
                self.has_database = true;
                self.file(name, content)
            }
            None if name == SECRET => {
                self.has_secret = true;
                self.file(name, content)
            }
            None => {
                let strange = format!("entry {name:?} is not one of a backup");
                Err(ArchiveError::Inconsistent(strange).into())
            }
        }
    }
}
