//! Removes a file and its content.

use shared_kernel::{application::Principal, domain::Permission};
use uuid::Uuid;

use super::{FilesError, FilesModule};

impl FilesModule {
    pub async fn delete(&self, who: &Principal, id: Uuid) -> Result<(), FilesError> {
        who.require(Permission::DatasetWrite)?;
        let mut work = self.database.begin().await?;
        if !self.store.delete(&mut work, who.owner(), id, self.ambient.now()).await? {
            return Err(FilesError::NotFound);
        }
        work.commit().await?;
        self.forget(id).await;
        Ok(())
    }
}
