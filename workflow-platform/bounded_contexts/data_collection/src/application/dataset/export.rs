//! All records that a query finds, as a stream of pages in bounded memory.

use futures::{Stream, TryStreamExt as _, stream};
use shared_kernel::{
    application::Principal,
    domain::{Owner, Permission},
};

use super::{DatasetRow, DatasetsError, DatasetsModule, Query, RecordRow, query::number_of};

/// Records of a page; it ends earlier when they are large.
const PAGE: u32 = 499;
/// Pages of what a filter finds that are counted before they are written: of more it is only said
/// about how many there are.
const COUNTED: usize = 21;

/// How many records a query finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HowMany {
    Exactly(u64),
    About(u64),
}

impl DatasetRow {
    /// What `found` records come to when all are looked at, of which those above a number were.
    /// Numbers go up as records come, and what was removed is taken to be spread among them.
    fn about(&self, found: u64, number: i64) -> u64 {
        let (all, below) = (self.numbered, number - self.record_number(0));
        let looked = u64::try_from(all - below).unwrap_or(0).max(1);
        let all = u64::try_from(all).unwrap_or(0).max(looked);
        let about = u128::from(found) * u128::from(all) / u128::from(looked);
        u64::try_from(about).unwrap_or(u64::MAX).min(self.records.max(found))
    }
}

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

    /// How many records a query finds, by looking at the newest of them.
    pub async fn how_many(
        &self,
        dataset: &DatasetRow,
        query: &Query,
    ) -> Result<HowMany, DatasetsError> {
        if query.filter.is_none() && query.search.is_none() {
            return Ok(HowMany::Exactly(dataset.records));
        }
        let mut counting = Query { limit: PAGE, cursor: None, ..query.clone() };
        let mut found = 0;
        for _ in 0..COUNTED {
            let page = self.find_in(dataset, &counting).await?;
            found += page.records.len() as u64;
            if page.next_cursor.is_none() {
                return Ok(HowMany::Exactly(found));
            }
            counting.cursor = page.next_cursor;
        }
        let looked_to = counting.cursor.as_deref().and_then(number_of);
        let looked_to = looked_to.unwrap_or_else(|| dataset.record_number(0));
        Ok(HowMany::About(dataset.about(found, looked_to)))
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
