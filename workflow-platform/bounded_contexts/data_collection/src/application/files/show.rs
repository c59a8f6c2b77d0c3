//! Looks files up.

use bytes::Bytes;
use futures::{Stream, stream};
use shared_kernel::{
    application::Principal,
    domain::{Owner, Page, PageRequest, Permission},
};
use uuid::Uuid;

use super::{FileRow, FilesError, FilesModule};

impl FilesModule {
    /// Newest first.
    pub async fn list(
        &self,
        who: &Principal,
        page: PageRequest,
    ) -> Result<Page<FileRow>, FilesError> {
        who.require(Permission::DatasetRead)?;
        Ok(self.store.list(who.owner(), page).await?)
    }

    pub async fn show(&self, who: &Principal, id: Uuid) -> Result<FileRow, FilesError> {
        who.require(Permission::DatasetRead)?;
        self.current(who.owner(), id).await?.ok_or(FilesError::NotFound)
    }

    /// A file and its content, part by part.
    pub async fn content(
        &self,
        who: &Principal,
        id: Uuid,
    ) -> Result<(FileRow, impl Stream<Item = Result<Bytes, FilesError>> + use<>), FilesError> {
        let file = self.show(who, id).await?;
        let (blobs, parts) = (self.blobs.clone(), file.parts.clone().into_iter());
        let content = stream::try_unfold((blobs, parts), |(blobs, mut parts)| async move {
            let Some(part) = parts.next() else { return Ok(None) };
            let content = blobs.get(&part).await?;
            Ok(Some((content, (blobs, parts))))
        });
        Ok((file, content))
    }

    /// A file whose time is not over, though it may still be there.
    pub(super) async fn current(
        &self,
        owner: Owner,
        id: Uuid,
    ) -> Result<Option<FileRow>, FilesError> {
        let now = self.ambient.now();
        Ok(self.store.find(owner, id).await?.filter(|file| file.expires_at > now))
    }
}
