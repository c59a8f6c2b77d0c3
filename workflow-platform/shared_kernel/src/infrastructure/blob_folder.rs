//! Blobs as files of a local folder, a folder for each group.

use std::{
    fs::{self, File},
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use async_trait::async_trait;
use bytes::Bytes;
use futures::{
    StreamExt as _, TryStreamExt as _,
    stream::{self, BoxStream},
};
use tokio::task;
use uuid::Uuid;

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

    /// By the end of the group's id, since ids begin with their time.
    fn folder(&self, group: Uuid) -> PathBuf {
        let name = group.simple().to_string();
        self.root.join(&name[30..]).join(name)
    }

    fn path(&self, key: &BlobKey) -> Result<PathBuf, BlobError> {
        let (group, hash) = key.parts().ok_or_else(|| BlobError::Missing(key.0.clone()))?;
        Ok(match group {
            Some(group) => self.folder(group).join(hash),
            None => self.root.join(&hash[..2]).join(hash),
        })
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

async fn apart<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> Result<T, BlobError> {
    task::spawn_blocking(work).await.map_err(failed)?.map_err(failed)
}

/// What is in a folder; nothing when it is gone or none.
fn names(folder: &Path) -> io::Result<Vec<String>> {
    use io::ErrorKind::{NotADirectory, NotFound};
    match fs::read_dir(folder) {
        Ok(found) => {
            found.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned())).collect()
        }
        Err(error) if matches!(error.kind(), NotFound | NotADirectory) => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

/// Keys in one of the folders of the root.
fn keys_in(folder: &Path) -> io::Result<Vec<BlobKey>> {
    let mut keys = Vec::new();
    for name in names(folder)? {
        let hashes = names(&folder.join(&name))?;
        keys.extend(hashes.iter().map(|hash| BlobKey(format!("{name}/{hash}"))));
        keys.push(BlobKey(name));
    }
    keys.retain(|key| key.parts().is_some());
    Ok(keys)
}

#[async_trait]
impl BlobStore for BlobFolder {
    async fn keep(&self, key: &BlobKey, content: Bytes) -> Result<(), BlobError> {
        let path = self.path(key)?;
        apart(move || store(&path, &content)).await
    }

    fn keys(&self) -> BoxStream<'_, Result<BlobKey, BlobError>> {
        let root = self.root.clone();
        let all = |found: Vec<_>| stream::iter(found.into_iter().map(Ok));
        stream::once(apart(move || names(&root)))
            .map_ok(all)
            .try_flatten()
            .and_then(|name| {
                let folder = self.root.join(name);
                apart(move || keys_in(&folder))
            })
            .map_ok(|found| stream::iter(found.into_iter().map(Ok)))
            .try_flatten()
            .boxed()
    }

    async fn get(&self, key: &BlobKey) -> Result<Bytes, BlobError> {
        let content = match tokio::fs::read(self.path(key)?).await {
            Ok(content) => content,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(BlobError::Missing(key.0.clone()));
            }
            Err(error) => return Err(failed(error)),
        };
        if !key.fits(&content) {
            return Err(BlobError::Damaged(key.0.clone()));
        }
        Ok(content.into())
    }

    async fn remove(&self, group: Uuid) -> Result<(), BlobError> {
        match tokio::fs::remove_dir_all(self.folder(group)).await {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(failed(error)),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GROUP: Uuid = Uuid::from_u128(7);

    #[tokio::test]
    async fn what_was_put_comes_back_and_damage_is_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let blobs = BlobFolder::new(folder.path());
        let key = blobs.put(GROUP, Bytes::from_static(b"page")).await.unwrap();
        assert_eq!(blobs.get(&key).await.unwrap(), "page");
        fs::write(blobs.path(&key).unwrap(), b"pale").unwrap();
        assert!(matches!(blobs.get(&key).await, Err(BlobError::Damaged(_))));
    }

    #[tokio::test]
    async fn a_group_goes_as_a_whole_and_alone() {
        let folder = tempfile::tempdir().unwrap();
        let blobs = BlobFolder::new(folder.path());
        let key = blobs.put(GROUP, Bytes::from_static(b"page")).await.unwrap();
        let other = blobs.put(Uuid::from_u128(8), Bytes::from_static(b"page")).await.unwrap();
        blobs.remove(GROUP).await.unwrap();
        blobs.remove(GROUP).await.unwrap();
        assert!(matches!(blobs.get(&key).await, Err(BlobError::Missing(_))));
        assert_eq!(blobs.get(&other).await.unwrap(), "page");
    }

    #[tokio::test]
    async fn every_blob_that_is_complete_is_named_and_can_be_kept_elsewhere() {
        let (folder, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let (blobs, other) = (BlobFolder::new(folder.path()), BlobFolder::new(other.path()));
        assert!(BlobFolder::new("/nowhere").keys().next().await.is_none());
        let grouped = blobs.put(GROUP, Bytes::from_static(b"page")).await.unwrap();
        let first = BlobKey(blake3::hash(b"old").to_hex().to_string());
        blobs.keep(&first, Bytes::from_static(b"old")).await.unwrap();
        fs::write(blobs.path(&grouped).unwrap().with_file_name(".writing.1"), b"pa").unwrap();
        let mut keys: Vec<_> = blobs.keys().try_collect().await.unwrap();
        keys.sort_by_key(|key| key.0.len());
        assert_eq!(keys, [first, grouped]);
        for key in keys {
            let content = blobs.get(&key).await.unwrap();
            other.keep(&key, content.clone()).await.unwrap();
            assert_eq!(other.get(&key).await.unwrap(), content);
        }
    }

    #[tokio::test]
    async fn a_key_cannot_leave_the_folder() {
        let blobs = BlobFolder::new("/nowhere");
        let key = BlobKey("../../../../etc/passwd".into());
        assert!(matches!(blobs.get(&key).await, Err(BlobError::Missing(_))));
    }
}
