//! Large payloads, kept off the hot rows.

use async_trait::async_trait;
use bytes::Bytes;
use serde::{Deserialize, Serialize};

/// The BLAKE3 hash of the content, in hex: equal content is stored once.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct BlobKey(pub String);

/// The store could not serve.
#[derive(Debug, thiserror::Error)]
pub enum BlobError {
    #[error("blob {0} is not in the store")]
    Missing(String),
    #[error("blob {0} does not have the content its name promises")]
    Damaged(String),
    #[error("blob store failed")]
    Io(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Content-addressed bytes. A blob is durable when `put` has returned.
#[async_trait]
pub trait BlobStore: Send + Sync {
    async fn put(&self, content: Bytes) -> Result<BlobKey, BlobError>;

    async fn get(&self, key: &BlobKey) -> Result<Bytes, BlobError>;
}
