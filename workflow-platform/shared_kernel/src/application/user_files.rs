//! Files that users uploaded, as steps read them.

use async_trait::async_trait;
use bytes::Bytes;
use uuid::Uuid;

use crate::domain::Owner;

/// An uploaded file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserFile {
    pub id: Uuid,
    pub name: String,
    pub bytes: u64,
}

/// The files cannot be read now; trying again may help.
#[derive(Debug, thiserror::Error)]
#[error("uploaded files cannot be read")]
pub struct UserFilesError(#[source] pub Box<dyn std::error::Error + Send + Sync>);

/// Whatever a user uploaded and has not removed.
#[async_trait]
pub trait UserFiles: Send + Sync {
    /// The file and its content. `None` when it is not there, or somebody else's.
    async fn read(
        &self,
        owner: Owner,
        id: Uuid,
    ) -> Result<Option<(UserFile, Bytes)>, UserFilesError>;
}
