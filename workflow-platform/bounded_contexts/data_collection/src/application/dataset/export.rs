//! All records that a query finds, as a stream of pages in bounded memory.

use futures::{Stream, TryStreamExt as _, stream};
use shared_kernel::{
    application::Principal,
    domain::{Owner, Permission},
};

use super::{DatasetRow, DatasetsError, DatasetsModule, Query, RecordRow};

/// Records of a page; it ends earlier when they are large.
const PAGE: u32 = 499;
/// Records of a filter that are counted before they are written.
const COUNTED: u64 = 10_000;

impl DatasetsModule {
    /// The dataset as an export sees it; the query is checked before anything is written.
    pub async fn export(
        &self,
        who: &Principal,
        name: &str,
        query: &Query,
    ) -> Result<DatasetRow, DatasetsError> {
        who.require(Permission::DatasetRead)?;
        let dataset = self.dataset_of(who.owner(), name).await?;
        self.examine_export(&dataset, query).await?;
        Ok(dataset)
    }

    pub async fn examine_export(
        &self,
        dataset: &DatasetRow,
        query: &Query,
    ) -> Result<(), DatasetsError> {
        let unknown = |field: &&String| dataset.columns.get(field).is_none();
        if let Some(field) = query.visible.iter().flatten().find(unknown) {
            let message = format!("the dataset has no column {field:?}");
            return Err(DatasetsError::input("columns", message));
        }
        self.find_in(dataset, &Query { limit: 1, ..query.clone() }).await?;
        Ok(())
    }

    /// How many records a query finds; none when there are more than `COUNTED` and nobody knows
    /// without looking at all of them.
    pub async fn how_many(
        &self,
        dataset: &DatasetRow,
        query: &Query,
    ) -> Result<Option<u64>, DatasetsError> {
        if query.filter.is_none() && query.search.is_none() {
            return Ok(Some(dataset.records));
        }
        let counting = Query { visible: None, ..query.clone() };
        let mut pages = Box::pin(self.clone().pages(dataset.clone(), counting));
        let mut found = 0;
        while let Some(page) = pages.try_next().await? {
            found += page.len() as u64;
            if found > COUNTED {
                return Ok(None);
            }
        }
        Ok(Some(found))
    }

    /// Pages of records, the newest first.
    pub fn pages(
        self,
        dataset: DatasetRow,
        query: Query,
    ) -> impl Stream<Item = Result<Vec<RecordRow>, DatasetsError>> + Send {
        let first = Some(Query { limit: PAGE, cursor: None, ..query });
        stream::try_unfold((self, dataset, first), |(module, dataset, query)| async move {
            let Some(query) = query else { return Ok(None) };
            let found = module.find_in(&dataset, &query).await?;
            let next = found.next_cursor.map(|cursor| Query { cursor: Some(cursor), ..query });
            Ok(Some((found.records, (module, dataset, next))))
        })
    }

    /// All records of an owner's dataset, for those who were let in already.
    pub async fn all_records(
        &self,
        owner: Owner,
        name: &str,
    ) -> Result<Vec<RecordRow>, DatasetsError> {
        let dataset = self.dataset_of(owner, name).await?;
        self.clone().pages(dataset, Query::default()).try_concat().await
    }
}
