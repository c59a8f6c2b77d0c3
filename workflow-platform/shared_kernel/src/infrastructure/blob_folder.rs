//! Blobs as files of a local folder, two levels deep.

use std::{
    fs::{self, File},
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use async_trait::async_trait;
use bytes::Bytes;
use tokio::task;

use crate::application::{BlobError, BlobKey, BlobStore};

/// A folder of content-addressed files. A file appears under its name only when it is complete.
#[derive(Debug, Clone)]
pub struct BlobFolder {
    root: PathBuf,
}

impl BlobFolder {
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    fn path(&self, key: &BlobKey) -> Result<PathBuf, BlobError> {
        let name = key.0.as_str();
        let well_formed = name.len() == 64 && name.bytes().all(|b| b.is_ascii_hexdigit());
        if !well_formed {
            return Err(BlobError::Missing(name.to_owned()));
        }
        Ok(self.root.join(&name[..2]).join(name))
    }
}

fn failed(error: impl std::error::Error + Send + Sync + 'static) -> BlobError {
    BlobError::Io(Box::new(error))
}

/// Writes beside, syncs, renames, syncs the folder.
fn store(path: &Path, content: &[u8]) -> io::Result<()> {
    let Some(folder) = path.parent() else { return Ok(()) };
    if path.exists() {
        return Ok(());
    }
    fs::create_dir_all(folder)?;
    let mut unique = folder.join(".writing");
    unique.set_extension(format!("{:?}", std::thread::current().id()).replace(['(', ')'], ""));
    let mut file = File::create(&unique)?;
    file.write_all(content)?;
    file.sync_data()?;
    fs::rename(&unique, path)?;
    File::open(folder)?.sync_all()
}

#[async_trait]
impl BlobStore for BlobFolder {
    async fn put(&self, content: Bytes) -> Result<BlobKey, BlobError> {
        let key = BlobKey(blake3::hash(&content).to_hex().to_string());
        let path = self.path(&key)?;
        task::spawn_blocking(move || store(&path, &content))
            .await
            .map_err(failed)?
            .map_err(failed)?;
        Ok(key)
    }

    async fn get(&self, key: &BlobKey) -> Result<Bytes, BlobError> {
        let content = match tokio::fs::read(self.path(key)?).await {
            Ok(content) => content,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(BlobError::Missing(key.0.clone()));
            }
            Err(error) => return Err(failed(error)),
        };
        if blake3::hash(&content).to_hex().as_str() != key.0 {
            return Err(BlobError::Damaged(key.0.clone()));
        }
        Ok(content.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_was_put_comes_back_and_damage_is_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let blobs = BlobFolder::new(folder.path());
        let key = blobs.put(Bytes::from_static(b"page")).await.unwrap();
        assert_eq!(blobs.get(&key).await.unwrap(), "page");
        fs::write(blobs.path(&key).unwrap(), b"pale").unwrap();
        assert!(matches!(blobs.get(&key).await, Err(BlobError::Damaged(_))));
    }

    #[tokio::test]
    async fn a_key_cannot_leave_the_folder() {
        let blobs = BlobFolder::new("/nowhere");
        let key = BlobKey("../../../../etc/passwd".into());
        assert!(matches!(blobs.get(&key).await, Err(BlobError::Missing(_))));
    }
}
