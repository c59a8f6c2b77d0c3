//! What an execution wrote.

use shared_kernel::{
    application::Principal,
    domain::{Execution, Id, Permission},
};

use super::{DatasetsError, DatasetsModule, WritesRow};

impl DatasetsModule {
    /// What one execution wrote into each of the caller's datasets, by their names. Of somebody
    /// else's execution there is nothing.
    pub async fn written_by(
        &self,
        who: &Principal,
        execution: Id<Execution>,
    ) -> Result<Vec<WritesRow>, DatasetsError> {
        who.require(Permission::DatasetRead)?;
        Ok(self.store.written_by(who.owner(), execution).await?)
    }
}
