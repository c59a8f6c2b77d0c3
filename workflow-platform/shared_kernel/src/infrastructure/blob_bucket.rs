//! Blobs as objects of an S3-compatible store.

use async_trait::async_trait;
use bytes::Bytes;
use futures::{StreamExt as _, TryStreamExt as _, stream::BoxStream};
use object_store::{
    ObjectStore as _, ObjectStoreExt as _,
    aws::{AmazonS3, AmazonS3Builder},
    path::Path,
};
use secrecy::{ExposeSecret as _, SecretString};
use uuid::Uuid;

use crate::application::{BlobError, BlobKey, BlobStore};

/// Where the bucket is, and who asks.
#[derive(Debug, Clone)]
pub struct BucketSettings {
    /// `https://…`, or `http://…` in a network that is trusted; Amazon's of the region unless
    /// given.
    pub endpoint: Option<String>,
    pub region: String,
    pub bucket: String,
    /// Before all names; empty for none.
    pub prefix: String,
    pub access_key_id: String,
    pub secret_access_key: SecretString,
}

impl BucketSettings {
    /// The bucket as the library knows it, without the prefix. Asks nobody yet.
    pub fn open(&self) -> Result<AmazonS3, object_store::Error> {
        let mut builder = AmazonS3Builder::new()
            .with_region(&self.region)
            .with_bucket_name(&self.bucket)
            .with_access_key_id(&self.access_key_id)
            .with_secret_access_key(self.secret_access_key.expose_secret());
        if let Some(endpoint) = &self.endpoint {
            let plain = endpoint.starts_with("http://");
            builder = builder.with_endpoint(endpoint).with_allow_http(plain);
        }
        builder.build()
    }
}

/// A bucket, or a part of one.
#[derive(Debug, Clone)]
pub struct BlobBucket {
    store: AmazonS3,
    prefix: Path,
}

impl BlobBucket {
    /// Asks nobody yet.
    pub fn new(settings: &BucketSettings) -> Result<Self, BlobError> {
        let store = settings.open().map_err(failed)?;
        Ok(Self { store, prefix: Path::from(settings.prefix.as_str()) })
    }

    fn group(&self, group: Uuid) -> Path {
        self.prefix.clone().join(group.simple().to_string())
    }

    fn path(&self, key: &BlobKey) -> Result<Path, BlobError> {
        match key.parts() {
            Some((Some(group), hash)) => Ok(self.group(group).join(hash)),
            _ => Err(BlobError::Missing(key.0.clone())),
        }
    }
}

/// The key of an object; none of what is not ours.
fn key_of(path: &Path) -> Option<BlobKey> {
    let mut parts = path.as_ref().rsplit('/');
    let (hash, group) = (parts.next()?, parts.next()?);
    Some(BlobKey(format!("{group}/{hash}"))).filter(|key| key.parts().is_some())
}

fn failed(error: object_store::Error) -> BlobError {
    BlobError::Io(Box::new(error))
}

#[async_trait]
impl BlobStore for BlobBucket {
    async fn keep(&self, key: &BlobKey, content: Bytes) -> Result<(), BlobError> {
        self.store.put(&self.path(key)?, content.into()).await.map_err(failed)?;
        Ok(())
    }

    fn keys(&self) -> BoxStream<'_, Result<BlobKey, BlobError>> {
        let listed = self.store.list(Some(&self.prefix)).map_err(failed);
        listed.try_filter_map(|object| async move { Ok(key_of(&object.location)) }).boxed()
    }

    async fn get(&self, key: &BlobKey) -> Result<Bytes, BlobError> {
        let found = match self.store.get(&self.path(key)?).await {
            Ok(found) => found,
            Err(object_store::Error::NotFound { .. }) => {
                return Err(BlobError::Missing(key.0.clone()));
            }
            Err(error) => return Err(failed(error)),
        };
        let content = found.bytes().await.map_err(failed)?;
        if key.fits(&content) { Ok(content) } else { Err(BlobError::Damaged(key.0.clone())) }
    }

    async fn remove(&self, group: Uuid) -> Result<(), BlobError> {
        let listed = self.store.list(Some(&self.group(group))).map_ok(|object| object.location);
        let gone = self.store.delete_stream(listed.boxed());
        gone.try_for_each(|_| std::future::ready(Ok(()))).await.map_err(failed)
    }
}
