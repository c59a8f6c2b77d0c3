//! Large payloads, kept off the hot rows.

use async_trait::async_trait;
use bytes::Bytes;
use futures::stream::BoxStream;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The group in hex, `/`, and the BLAKE3 hash of the content in hex: equal content is stored once
/// in a group.
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

impl BlobKey {
    pub fn new(group: Uuid, content: &[u8]) -> Self {
        Self(format!("{}/{}", group.simple(), blake3::hash(content).to_hex()))
    }

    /// Group and hash, when it has the form of a key. Keys of the first version had no group.
    pub fn parts(&self) -> Option<(Option<Uuid>, &str)> {
        let (group, hash) = match self.0.split_once('/') {
            Some((group, hash)) if group.len() == 32 => (Some(group.parse().ok()?), hash),
            Some(_) => return None,
            None => (None, self.0.as_str()),
        };
        let is_hash = hash.len() == 64 && hash.bytes().all(|b| b.is_ascii_hexdigit());
        is_hash.then_some((group, hash))
    }

    /// Whether this is the content that was stored under the key.
    pub fn fits(&self, content: &[u8]) -> bool {
        self.parts().is_some_and(|(_, hash)| blake3::hash(content).to_hex().as_str() == hash)
    }
}

/// Content-addressed bytes, in groups that go together. A blob is durable when `put` has returned.
#[async_trait]
pub trait BlobStore: Send + Sync {
    /// Keeps the content until its group is removed.
    async fn put(&self, group: Uuid, content: Bytes) -> Result<BlobKey, BlobError> {
        let key = BlobKey::new(group, &content);
        self.keep(&key, content).await?;
        Ok(key)
    }

    /// Keeps content under the key that was made of it; that it fits is not looked at.
    async fn keep(&self, key: &BlobKey, content: Bytes) -> Result<(), BlobError>;

    /// All there are, in no order. What is removed meanwhile may be named and then be missing.
    fn keys(&self) -> BoxStream<'_, Result<BlobKey, BlobError>>;

    async fn get(&self, key: &BlobKey) -> Result<Bytes, BlobError>;

    /// Forgets all blobs of a group. A group that is not there is no error.
    async fn remove(&self, group: Uuid) -> Result<(), BlobError>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_names_its_group_and_content_and_nothing_else_is_a_key() {
        let group = Uuid::from_u128(7);
        let key = BlobKey::new(group, b"page");
        assert_eq!(key.parts().unwrap().0, Some(group));
        let (_, hash) = key.0.split_once('/').unwrap();
        assert!(BlobKey(hash.to_owned()).fits(b"page"), "a key of the first version");
        assert!(key.fits(b"page") && !key.fits(b"pale"));
        for bad in ["", "a/b", "../../../etc/passwd", &format!("{group}/{}", "0".repeat(64))] {
            assert!(BlobKey(bad.to_owned()).parts().is_none(), "{bad}");
        }
    }
}
