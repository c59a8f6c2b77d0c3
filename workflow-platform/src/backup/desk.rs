//! A folder for work in progress.

use std::{
    fs::{self, DirBuilder, File},
    os::unix::fs::DirBuilderExt as _,
    path::{Path, PathBuf},
};

use super::{BackupError, error::at};

/// Holds the folder for one process; what a killed one left in it goes.
#[derive(Debug)]
pub(super) struct Desk {
    folder: PathBuf,
    _lock: File,
}

impl Desk {
    /// In `parent`, which is made when it is not there. Only its owner can look into it.
    pub(super) fn open(parent: &Path, name: &str) -> Result<Self, BackupError> {
        fs::create_dir_all(parent).map_err(at(parent))?;
        let folder = parent.join(name);
        DirBuilder::new().recursive(true).mode(0o700).create(&folder).map_err(at(&folder))?;
        let path = folder.join("lock");
        let lock = File::create(&path).map_err(at(&path))?;
        if lock.try_lock().is_err() {
            let told = format!("another backup or restore is under way in {}", parent.display());
            return Err(BackupError::InUse(told));
        }
        let desk = Self { folder, _lock: lock };
        desk.clear()?;
        Ok(desk)
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    fn clear(&self) -> Result<(), BackupError> {
        for entry in fs::read_dir(&self.folder).map_err(at(&self.folder))? {
            let entry = entry.map_err(at(&self.folder))?;
            let path = entry.path();
            if entry.file_type().map_err(at(&path))?.is_dir() {
                fs::remove_dir_all(&path).map_err(at(&path))?;
            } else if entry.file_name() != "lock" {
                fs::remove_file(&path).map_err(at(&path))?;
            }
        }
        Ok(())
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.folder) {
            tracing::warn!(%error, folder = %self.folder.display(), "a folder was left behind");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_process_has_a_desk_at_a_time_and_finds_it_clear() {
        let folder = tempfile::tempdir().unwrap();
        let desk = Desk::open(folder.path(), ".desk").unwrap();
        let second = Desk::open(folder.path(), ".desk");
        assert!(matches!(second, Err(BackupError::InUse(_))));
        fs::create_dir_all(desk.path("blobs/ab")).unwrap();
        fs::write(desk.path("database"), b"rows").unwrap();
        drop(desk);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn what_a_killed_process_left_goes() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join(".desk/blobs")).unwrap();
        fs::write(folder.path().join(".desk/database"), b"rows").unwrap();
        let desk = Desk::open(folder.path(), ".desk").unwrap();
        assert!(!desk.path("database").exists() && !desk.path("blobs").exists());
    }
}
