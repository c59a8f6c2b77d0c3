//! Looks pages up.

use std::sync::Arc;

use bytes::Bytes;
use shared_kernel::{
    application::Principal,
    domain::{Page, PageRequest, Permission},
};
use uuid::Uuid;

use super::{ArchivedPage, PageFilter, PageStore, PagesError};

/// Use cases of pages.
#[derive(Clone)]
pub struct PagesModule {
    store: Arc<dyn PageStore>,
}

impl PagesModule {
    pub fn new(store: Arc<dyn PageStore>) -> Self {
        Self { store }
    }

    /// Newest first.
    pub async fn list(
        &self,
        who: &Principal,
        filter: &PageFilter,
        page: PageRequest,
    ) -> Result<Page<ArchivedPage>, PagesError> {
        who.require(Permission::DatasetRead)?;
        Ok(self.store.list(who.owner(), filter, page).await?)
    }

    pub async fn show(&self, who: &Principal, page: Uuid) -> Result<ArchivedPage, PagesError> {
        who.require(Permission::DatasetRead)?;
        self.store.find(who.owner(), page).await?.ok_or(PagesError::NotFound)
    }

    /// The bytes as they were answered, decompressed.
    pub async fn content(
        &self,
        who: &Principal,
        page: Uuid,
    ) -> Result<(ArchivedPage, Bytes), PagesError> {
        let page = self.show(who, page).await?;
        let content = self.store.content(&page).await?;
        Ok((page, content))
    }
}
