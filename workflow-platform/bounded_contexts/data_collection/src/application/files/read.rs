//! Files as steps read them.

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use shared_kernel::{
    application::{UserFile, UserFiles, UserFilesError},
    domain::Owner,
};
use uuid::Uuid;

use super::{FilesError, FilesModule};

impl FilesModule {
    async fn whole(&self, owner: Owner, id: Uuid) -> Result<Option<(UserFile, Bytes)>, FilesError> {
        let Some(file) = self.current(owner, id).await? else { return Ok(None) };
        let mut content = BytesMut::with_capacity(usize::try_from(file.bytes).unwrap_or(0));
        for part in &file.parts {
            content.extend_from_slice(&self.blobs.get(part).await?);
        }
        Ok(Some((UserFile { id, name: file.name, bytes: file.bytes }, content.freeze())))
    }
}

#[async_trait]
impl UserFiles for FilesModule {
    async fn read(
        &self,
        owner: Owner,
        id: Uuid,
    ) -> Result<Option<(UserFile, Bytes)>, UserFilesError> {
        self.whole(owner, id).await.map_err(|error| UserFilesError(Box::new(error)))
    }
}
