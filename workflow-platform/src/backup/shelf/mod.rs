//! Where archives are kept.

mod bucket;
mod folder;

use std::{
    fs::File,
    io::{Cursor, Read},
    path::{Path, PathBuf},
};

use secrecy::{ExposeSecret as _, SecretString};

use super::{ArchiveError, ArchiveName, ArchiveReader, BackupError, Manifest, error::at};
use crate::config::BackupPlace;
pub use bucket::BucketShelf;
pub use folder::FolderShelf;

/// A folder or a bucket of archives, among whatever else lies there.
#[derive(Debug, Clone)]
pub enum Shelf {
    Folder(FolderShelf),
    Bucket(BucketShelf),
}

/// One archive of a shelf.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    pub name: ArchiveName,
    pub bytes: u64,
}

impl Shelf {
    pub fn open(place: &BackupPlace) -> Result<Self, BackupError> {
        Ok(match place {
            BackupPlace::Folder(folder) => Self::Folder(FolderShelf::new(folder)),
            BackupPlace::Bucket(bucket) => Self::Bucket(BucketShelf::new(bucket)?),
        })
    }

    /// Where an archive is, for people.
    pub fn address(&self, name: ArchiveName) -> String {
        match self {
            Self::Folder(folder) => folder.path(name).display().to_string(),
            Self::Bucket(bucket) => bucket.address(name),
        }
    }

    /// All archives by name, the oldest first.
    pub async fn list(&self) -> Result<Vec<Listed>, BackupError> {
        let mut found = match self {
            Self::Folder(folder) => folder.list()?,
            Self::Bucket(bucket) => bucket.list().await?,
        };
        found.sort_by_key(|listed| listed.name);
        Ok(found)
    }

    /// What an archive says of itself.
    pub async fn manifest(
        &self,
        name: ArchiveName,
        keys: &[SecretString],
    ) -> Result<Manifest, BackupError> {
        let reader = match self {
            Self::Folder(folder) => open(&folder.path(name), keys)?,
            Self::Bucket(bucket) => {
                let beginning = bucket.beginning(name).await?;
                with_keys(keys, || Ok(Box::new(Cursor::new(beginning.clone()))))?
            }
        };
        Ok(reader.manifest()?)
    }

    /// Where an archive is worked on before it is put here.
    pub(super) fn workplace(&self, data_dir: &Path) -> PathBuf {
        match self {
            Self::Folder(folder) => folder.folder().to_owned(),
            Self::Bucket(_) => data_dir.to_owned(),
        }
    }

    /// Puts a finished file of the workplace under its name, durably. Nothing is replaced.
    pub(super) async fn put(&self, file: &Path, name: ArchiveName) -> Result<(), BackupError> {
        match self {
            Self::Folder(folder) => folder.put(file, name),
            Self::Bucket(bucket) => bucket.put(file, name).await,
        }
    }

    pub(super) async fn remove(&self, name: ArchiveName) -> Result<(), BackupError> {
        match self {
            Self::Folder(folder) => folder.remove(name),
            Self::Bucket(bucket) => bucket.remove(name).await,
        }
    }
}

/// Opens an archive with the first key that does.
pub(super) fn open(
    path: &Path,
    keys: &[SecretString],
) -> Result<ArchiveReader<'static>, BackupError> {
    with_keys(keys, || match File::open(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            Err(BackupError::NoArchive(path.display().to_string()))
        }
        opened => Ok(Box::new(opened.map_err(at(path))?)),
    })
}

fn with_keys(
    keys: &[SecretString],
    from: impl Fn() -> Result<Box<dyn Read>, BackupError>,
) -> Result<ArchiveReader<'static>, BackupError> {
    for key in keys {
        match ArchiveReader::open(from()?, Some(key.expose_secret().as_bytes())) {
            Err(ArchiveError::WrongKey) => {}
            opened => return Ok(opened?),
        }
    }
    match ArchiveReader::open(from()?, None) {
        Err(ArchiveError::KeyMissing) if !keys.is_empty() => Err(ArchiveError::WrongKey.into()),
        opened => Ok(opened?),
    }
}
