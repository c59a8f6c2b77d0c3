//! Removes a dataset with its records and their history.

use shared_kernel::{application::Principal, domain::Permission};

use super::{DatasetsError, DatasetsModule};
use crate::domain::dataset::DatasetName;

impl DatasetsModule {
    pub async fn delete(&self, who: &Principal, name: &str) -> Result<(), DatasetsError> {
        who.require(Permission::DatasetWrite)?;
        let name: DatasetName = name.parse().map_err(|_| DatasetsError::NotFound)?;
        let mut work = self.database.begin().await?;
        if !self.store.delete(&mut work, who.owner(), name.as_str()).await? {
            return Err(DatasetsError::NotFound);
        }
        Ok(work.commit().await?)
    }
}
