//! Looks datasets up.

use shared_kernel::{
    application::Principal,
    domain::{Owner, Page, PageRequest, Permission},
};

use super::{DatasetRow, DatasetsError, DatasetsModule};
use crate::domain::dataset::DatasetName;

impl DatasetsModule {
    /// Newest first.
    pub async fn list(
        &self,
        who: &Principal,
        page: PageRequest,
    ) -> Result<Page<DatasetRow>, DatasetsError> {
        who.require(Permission::DatasetRead)?;
        Ok(self.store.list(who.owner(), page).await?)
    }

    pub async fn show(&self, who: &Principal, name: &str) -> Result<DatasetRow, DatasetsError> {
        who.require(Permission::DatasetRead)?;
        self.dataset_of(who.owner(), name).await
    }

    /// For those who were let in already. What cannot be a name is the name of nothing.
    pub(super) async fn dataset_of(
        &self,
        owner: Owner,
        name: &str,
    ) -> Result<DatasetRow, DatasetsError> {
        let name: DatasetName = name.parse().map_err(|_| DatasetsError::NotFound)?;
        self.store.find(owner, name.as_str()).await?.ok_or(DatasetsError::NotFound)
    }
}
