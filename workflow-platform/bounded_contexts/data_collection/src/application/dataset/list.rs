//! Looks datasets up.

use shared_kernel::{
    application::Principal,
    domain::{Page, PageRequest, Permission},
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
        // What cannot be a name is the name of nothing.
        let name: DatasetName = name.parse().map_err(|_| DatasetsError::NotFound)?;
        self.store.find(who.owner(), name.as_str()).await?.ok_or(DatasetsError::NotFound)
    }
}
