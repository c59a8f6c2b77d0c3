//! Removes a dataset with its records and their history.

use serde_json::json;
use shared_kernel::{application::Principal, domain::Permission};

use super::{DatasetsError, DatasetsModule};

impl DatasetsModule {
    pub async fn delete(&self, who: &Principal, name: &str) -> Result<(), DatasetsError> {
        who.require(Permission::DatasetWrite)?;
        let mut work = self.database.begin().await?;
        let held = self.store.hold_known(&mut work, who.owner(), name).await?;
        let row = held.ok_or(DatasetsError::NotFound)?;
        self.store.delete(&mut work, &row).await?;
        let details = json!({ "records": row.records });
        work.record(&self.audited(who, &row, "dataset.deleted", &details)).await?;
        Ok(work.commit().await?)
    }
}
