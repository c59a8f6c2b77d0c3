//! A folder of archives.

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

use super::Listed;
use crate::backup::{ArchiveName, BackupError, error::at};

/// A folder, which is made when the first archive is.
#[derive(Debug, Clone)]
pub struct FolderShelf {
    folder: PathBuf,
}

impl FolderShelf {
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into() }
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    pub fn path(&self, name: ArchiveName) -> PathBuf {
        self.folder.join(name.to_string())
    }

    pub(super) fn list(&self) -> Result<Vec<Listed>, BackupError> {
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
        Ok(found)
    }

    pub(super) fn put(&self, file: &Path, name: ArchiveName) -> Result<(), BackupError> {
        let path = self.path(name);
        File::open(file).and_then(|file| file.sync_all()).map_err(at(file))?;
        match fs::hard_link(file, &path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                return Err(BackupError::Exists(path.display().to_string()));
            }
            linked => linked.map_err(at(&path))?,
        }
        File::open(&self.folder).and_then(|folder| folder.sync_all()).map_err(at(&self.folder))
    }

    pub(super) fn remove(&self, name: ArchiveName) -> Result<(), BackupError> {
        let path = self.path(name);
        fs::remove_file(&path).map_err(at(&path))
    }
}
