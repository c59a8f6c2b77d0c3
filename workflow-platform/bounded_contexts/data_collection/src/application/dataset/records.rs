//! Reads records, a page at a time.

use futures::{Stream, TryStreamExt as _, stream};
use shared_kernel::{
    application::Principal,
    domain::{Cursor, Owner, Page, PageRequest, Permission},
};
use uuid::Uuid;

use super::{DatasetRow, DatasetsError, DatasetsModule, RecordRow};

impl DatasetsModule {
    /// Newest first.
    pub async fn records(
        &self,
        who: &Principal,
        name: &str,
        page: PageRequest,
    ) -> Result<Page<RecordRow>, DatasetsError> {
        let dataset = self.show(who, name).await?;
        Ok(self.store.records(dataset.id, page).await?)
    }

    /// A dataset and all its records as a stream of pages, in bounded memory.
    pub async fn export(
        &self,
        who: &Principal,
        name: &str,
    ) -> Result<
        (DatasetRow, impl Stream<Item = Result<Vec<RecordRow>, DatasetsError>> + use<>),
        DatasetsError,
    > {
        who.require(Permission::DatasetRead)?;
        let dataset = self.show(who, name).await?;
        let pages = self.clone().pages(dataset.id);
        Ok((dataset, pages))
    }

    /// All records of an owner's dataset, for those who were let in already.
    pub async fn all_records(
        &self,
        owner: Owner,
        name: &str,
    ) -> Result<Vec<RecordRow>, DatasetsError> {
        let dataset = self.store.find(owner, name).await?.ok_or(DatasetsError::NotFound)?;
        self.clone().pages(dataset.id).try_concat().await
    }

    fn pages(self, dataset: Uuid) -> impl Stream<Item = Result<Vec<RecordRow>, DatasetsError>> {
        let first = Some(PageRequest::first(PageRequest::MAX));
        stream::try_unfold((self, first), move |(module, request)| async move {
            let Some(request) = request else { return Ok(None) };
            let page = module.store.records(dataset, request).await?;
            let last = page.items.last().map(|row| Cursor { at: row.created_at, id: row.id });
            let next = page
                .next_cursor
                .and(last)
                .map(|after| PageRequest { after: Some(after), ..request });
            Ok(Some((page.items, (module, next))))
        })
    }
}
