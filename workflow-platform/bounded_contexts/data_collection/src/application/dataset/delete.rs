//! Removes a dataset with its records and their history.

use shared_kernel::{application::Principal, domain::Permission};

use super::{DatasetsError, DatasetsModule};

impl DatasetsModule {
    pub async fn delete(&self, who: &Principal, name: &str) -> Result<(), DatasetsError> {
        who.require(Permission::DatasetWrite)?;
        let mut work = self.database.begin().await?;
        if !self.store.delete(&mut work, who.owner(), name).await? {
            return Err(DatasetsError::NotFound);
        }
        Ok(work.commit().await?)
    }
}
