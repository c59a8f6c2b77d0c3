//! Uploaded files as what is kept of their owner.

use std::sync::Arc;

use async_trait::async_trait;
use shared_kernel::{
    application::{PersonalData, PersonalDataError, PersonalPage},
    domain::{Ambient, Owner},
    infrastructure::db::{Database, PersonalTable, RowKey, Shown},
};

use super::SqlFiles;

const NAME: &str = "uploaded_files";

const SHOWN: PersonalTable = PersonalTable {
    name: NAME,
    table: NAME,
    key: RowKey::Id("id"),
    owned: "user_id = $1",
    columns: &[
        ("id", Shown::Id),
        ("name", Shown::Text),
        ("media_type", Shown::Text),
        ("bytes", Shown::Number),
        ("created_at", Shown::Time),
        ("expires_at", Shown::Time),
    ],
    erased: false,
};

/// Their content is removed by the clean-up, from the list of what is left over.
struct PersonalFiles {
    rows: Arc<dyn PersonalData>,
    files: SqlFiles,
    database: Database,
    ambient: Ambient,
}

/// What uploads keep of a person.
pub fn personal_data(database: &Database, ambient: &Ambient) -> Arc<dyn PersonalData> {
    Arc::new(PersonalFiles {
        rows: SHOWN.of(database),
        files: SqlFiles::new(database.clone()),
        database: database.clone(),
        ambient: ambient.clone(),
    })
}

impl PersonalFiles {
    async fn remove(&self, owner: Owner) -> Result<u64, sea_orm::DbErr> {
        let work = self.database.begin().await?;
        let some = "id IN (SELECT id FROM uploaded_files WHERE user_id = $2 ORDER BY id LIMIT 200)";
        let values = vec![self.ambient.now().into(), owner.user().into()];
        let removed = self.files.remove_where(&work, some, values).await?;
        work.commit().await?;
        Ok(removed)
    }
}

#[async_trait]
impl PersonalData for PersonalFiles {
    fn name(&self) -> &'static str {
        NAME
    }

    async fn page(
        &self,
        owner: Owner,
        after: Option<&str>,
    ) -> Result<PersonalPage, PersonalDataError> {
        self.rows.page(owner, after).await
    }

    async fn erase(&self, owner: Owner) -> Result<u64, PersonalDataError> {
        let removed = self.remove(owner).await;
        removed.map_err(|source| PersonalDataError { part: NAME, source: Box::new(source) })
    }
}
