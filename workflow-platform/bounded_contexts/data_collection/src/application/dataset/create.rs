//! Makes a dataset before there are records.

use serde_json::json;
use shared_kernel::{application::Principal, domain::Permission};

use super::{DatasetEdit, DatasetRow, DatasetsError, DatasetsModule};
use crate::domain::dataset::DatasetName;

impl DatasetsModule {
    pub async fn create(
        &self,
        who: &Principal,
        name: &str,
        edit: DatasetEdit,
    ) -> Result<DatasetRow, DatasetsError> {
        who.require(Permission::DatasetWrite)?;
        let name: DatasetName =
            name.parse().map_err(|error| DatasetsError::input("name", format!("{error}")))?;
        let now = self.ambient.now();
        let mut work = self.database.begin().await?;
        let id = self.ambient.uuid();
        let mut row = self.store.hold(&mut work, who.owner(), &name, id, now).await?;
        if row.id != id {
            return Err(DatasetsError::Exists);
        }
        edit.apply(&mut row, now)?;
        row.columns.make_ready();
        self.store.update(&mut work, &row).await?;
        let details = json!({ "key": row.settings.key });
        work.record(&self.audited(who, &row, "dataset.created", &details)).await?;
        work.commit().await?;
        Ok(row)
    }
}
