//! A bucket of archives.

use std::{path::Path, sync::Arc};

use bytes::Bytes;
use futures::TryStreamExt as _;
use object_store::{
    Error, GetOptions, GetRange, ObjectStore, ObjectStoreExt as _, WriteMultipart,
    path::Path as Key,
};
use shared_kernel::infrastructure::blob_bucket::BucketSettings;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::Listed;
use crate::backup::{ArchiveName, BackupError, error::at};

/// Bytes of an archive in which its manifest surely ends.
const BEGINNING: u64 = 4 * 1024 * 1024;
/// Bytes of a part of an upload; of larger archives the parts are larger, since a store takes
/// ten thousand of them.
const PART: u64 = 8 * 1024 * 1024;
const PARTS: u64 = 9_000;
/// Parts under way.
const AT_ONCE: usize = 4;

/// A part of a bucket of an S3-compatible store.
#[derive(Debug, Clone)]
pub struct BucketShelf {
    store: Arc<dyn ObjectStore>,
    prefix: Key,
    address: String,
}

impl BucketShelf {
    /// Asks nobody yet.
    pub fn new(settings: &BucketSettings) -> Result<Self, BackupError> {
        let prefix = Key::from(settings.prefix.as_str());
        let address = format!("s3://{}/{prefix}", settings.bucket);
        let address = address.trim_end_matches('/').to_owned();
        match settings.open() {
            Ok(store) => Ok(Self { store: Arc::new(store), prefix, address }),
            Err(source) => Err(BackupError::Bucket { address, source }),
        }
    }

    pub fn address(&self, name: ArchiveName) -> String {
        format!("{}/{name}", self.address)
    }

    fn key(&self, name: ArchiveName) -> Key {
        self.prefix.clone().join(name.to_string())
    }

    fn failed(&self) -> impl FnOnce(Error) -> BackupError {
        let address = self.address.clone();
        move |source| BackupError::Bucket { address, source }
    }

    fn failed_with(&self, name: ArchiveName) -> impl FnOnce(Error) -> BackupError {
        let address = self.address(name);
        move |source| match source {
            Error::NotFound { .. } => BackupError::NoArchive(address),
            source => BackupError::Bucket { address, source },
        }
    }

    pub(super) async fn list(&self) -> Result<Vec<Listed>, BackupError> {
        let found = self.store.list_with_delimiter(Some(&self.prefix)).await;
        let objects = found.map_err(self.failed())?.objects;
        let listed = objects.into_iter().filter_map(|object| {
            let name = object.location.filename()?.parse().ok()?;
            Some(Listed { name, bytes: object.size })
        });
        Ok(listed.collect())
    }

    /// As many bytes as its manifest needs.
    pub(super) async fn beginning(&self, name: ArchiveName) -> Result<Bytes, BackupError> {
        let range = Some(GetRange::Bounded(0..BEGINNING));
        let options = GetOptions { range, ..GetOptions::default() };
        let found = self.store.get_opts(&self.key(name), options).await;
        let found = found.map_err(self.failed_with(name))?;
        found.bytes().await.map_err(self.failed_with(name))
    }

    /// In parts. One that is cut off leaves nothing that could be taken for an archive.
    pub(super) async fn put(&self, file: &Path, name: ArchiveName) -> Result<(), BackupError> {
        let key = self.key(name);
        match self.store.head(&key).await {
            Err(Error::NotFound { .. }) => {}
            Ok(_) => return Err(BackupError::Exists(self.address(name))),
            Err(error) => return Err(self.failed_with(name)(error)),
        }
        let mut from = tokio::fs::File::open(file).await.map_err(at(file))?;
        let length = from.metadata().await.map_err(at(file))?.len();
        let part = usize::try_from(PART.max(length / PARTS)).unwrap_or(usize::MAX);
        let upload = self.store.put_multipart(&key).await.map_err(self.failed_with(name))?;
        let mut parts = WriteMultipart::new_with_chunk_size(upload, part);
        let mut buffer = vec![0; 1024 * 1024];
        loop {
            let sent = match from.read(&mut buffer).await.map_err(at(file)) {
                Ok(0) => break,
                Ok(count) => match parts.wait_for_capacity(AT_ONCE).await {
                    Ok(()) => {
                        parts.write(&buffer[..count]);
                        continue;
                    }
                    Err(error) => Err(self.failed_with(name)(error)),
                },
                Err(error) => Err(error),
            };
            // What cannot even be called off is for the store's own rules on old uploads.
            let _ = parts.abort().await;
            return sent;
        }
        parts.finish().await.map(drop).map_err(self.failed_with(name))
    }

    /// Copies an archive into a new file.
    pub async fn fetch(&self, name: ArchiveName, into: &Path) -> Result<(), BackupError> {
        let found = self.store.get(&self.key(name)).await.map_err(self.failed_with(name))?;
        let mut file = tokio::fs::File::create_new(into).await.map_err(at(into))?;
        let mut stream = found.into_stream();
        while let Some(part) = stream.try_next().await.map_err(self.failed_with(name))? {
            file.write_all(&part).await.map_err(at(into))?;
        }
        file.flush().await.map_err(at(into))
    }

    pub(super) async fn remove(&self, name: ArchiveName) -> Result<(), BackupError> {
        self.store.delete(&self.key(name)).await.map_err(self.failed_with(name))
    }
}
