//! Where archives are kept.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
};

use secrecy::{ExposeSecret as _, SecretString};

use super::{ArchiveError, ArchiveName, ArchiveReader, BackupError, Manifest, error::at};

/// A folder of archives, among whatever else lies there.
#[derive(Debug, Clone)]
pub struct Shelf {
    folder: PathBuf,
}

/// One archive of a shelf.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    pub name: ArchiveName,
    pub bytes: u64,
}

impl Shelf {
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into() }
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    pub fn path(&self, name: ArchiveName) -> PathBuf {
        self.folder.join(name.to_string())
    }

    /// All archives by name, the oldest first.
    pub fn list(&self) -> Result<Vec<Listed>, BackupError> {
        if !self.folder.exists() {
            return Ok(Vec::new());
        }
        let mut found = Vec::new();
        for entry in fs::read_dir(&self.folder).map_err(at(&self.folder))? {
            let entry = entry.map_err(at(&self.folder))?;
            let Ok(name) = entry.file_name().to_string_lossy().parse() else { continue };
            let about = entry.metadata().map_err(at(&entry.path()))?;
            if about.is_file() {
                found.push(Listed { name, bytes: about.len() });
            }
        }
        found.sort_by_key(|listed| listed.name);
        Ok(found)
    }

    /// Puts a finished file of the same file system under its name, durably. Nothing is replaced.
    pub(super) fn put(&self, file: &Path, name: ArchiveName) -> Result<PathBuf, BackupError> {
        let path = self.path(name);
        File::open(file).and_then(|file| file.sync_all()).map_err(at(file))?;
        match fs::hard_link(file, &path) {
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
                return Err(BackupError::Exists(path.display().to_string()));
            }
            linked => linked.map_err(at(&path))?,
        }
        File::open(&self.folder).and_then(|folder| folder.sync_all()).map_err(at(&self.folder))?;
        Ok(path)
    }

    pub(super) fn remove(&self, name: ArchiveName) -> Result<(), BackupError> {
        let path = self.path(name);
        fs::remove_file(&path).map_err(at(&path))
    }

    /// What an archive says of itself.
    pub fn manifest(
        &self,
        name: ArchiveName,
        keys: &[SecretString],
    ) -> Result<Manifest, BackupError> {
        Ok(open(&self.path(name), keys)?.manifest()?)
    }
}

/// Opens an archive with the first key that does.
pub(super) fn open(
    path: &Path,
    keys: &[SecretString],
) -> Result<ArchiveReader<'static>, BackupError> {
    let file = || match File::open(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            Err(BackupError::NoArchive(path.display().to_string()))
        }
        opened => opened.map_err(at(path)),
    };
    for key in keys {
        match ArchiveReader::open(file()?, Some(key.expose_secret().as_bytes())) {
            Err(ArchiveError::WrongKey) => {}
            opened => return Ok(opened?),
        }
    }
    match ArchiveReader::open(file()?, None) {
        Err(ArchiveError::KeyMissing) if !keys.is_empty() => Err(ArchiveError::WrongKey.into()),
        opened => Ok(opened?),
    }
}
