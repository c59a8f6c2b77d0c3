//! What a link shows: its columns of the dataset, and nothing of whose it is.

use super::{
    ChangeRow, DatasetRow, DatasetsError, DatasetsModule, Delta, Found, Query, ShareRow,
    share::hash,
};
use crate::domain::dataset::Columns;

/// A link that is good, and what it shows.
#[derive(Debug, Clone)]
pub struct Opened {
    pub share: ShareRow,
    /// With the columns that the link shows.
    pub dataset: DatasetRow,
}

impl Opened {
    /// The key is shown where all that it is made of is.
    pub fn shows_key(&self) -> bool {
        let Some(shown) = &self.share.columns else { return true };
        let key = &self.dataset.settings.key;
        !key.is_empty() && key.iter().all(|field| shown.contains(field))
    }

    fn narrowed(&self, query: &Query) -> Query {
        let wanted =
            |field: &String| query.visible.as_ref().is_none_or(|some| some.contains(field));
        let visible = match &self.share.columns {
            Some(shown) => Some(shown.iter().filter(|field| wanted(field)).cloned().collect()),
            None => query.visible.clone(),
        };
        Query { visible, ..query.clone() }
    }

    /// What can be seen of changes; those of which nothing can are left out.
    fn seen(&self, changes: Vec<ChangeRow>) -> Vec<ChangeRow> {
        let Some(shown) = &self.share.columns else { return changes };
        let seen = changes.into_iter().filter_map(|mut change| {
            for side in [&mut change.before, &mut change.after].into_iter().flatten() {
                side.retain(|field, _| shown.contains(field));
            }
            (change.before != change.after).then_some(change)
        });
        seen.collect()
    }
}

impl DatasetsModule {
    /// A token that is none, was revoked or has expired is nothing.
    pub async fn open(&self, token: &str) -> Result<Opened, DatasetsError> {
        let now = self.ambient.now();
        let share = self.store.open_share(&hash(token), now).await?;
        let share = share.ok_or(DatasetsError::PartNotFound("share"))?;
        let dataset = self.store.find_by_id(share.dataset).await?;
        let mut dataset = dataset.ok_or(DatasetsError::PartNotFound("share"))?;
        if let Some(shown) = &share.columns {
            let columns = std::mem::take(&mut dataset.columns).0.into_iter();
            dataset.columns = Columns(columns.filter(|one| shown.contains(&one.name)).collect());
        }
        self.store.share_used(share.id, now).await?;
        Ok(Opened { share, dataset })
    }

    pub async fn shared_records(
        &self,
        opened: &Opened,
        query: &Query,
    ) -> Result<Found, DatasetsError> {
        self.find_in(&opened.dataset, &opened.narrowed(query)).await
    }

    pub async fn shared_changes(
        &self,
        opened: &Opened,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Delta, DatasetsError> {
        let delta = if opened.shows_key() {
            self.changes_of(&opened.dataset, after, limit).await?
        } else {
            self.changes_without_keys(&opened.dataset, after, limit).await?
        };
        Ok(Delta { changes: opened.seen(delta.changes), ..delta })
    }

    pub async fn shared_latest(&self, opened: &Opened) -> Result<Vec<ChangeRow>, DatasetsError> {
        Ok(opened.seen(self.latest_of(&opened.dataset).await?))
    }

    /// What an export by link is made of.
    pub fn shared_export(&self, opened: &Opened, query: &Query) -> (DatasetRow, Query) {
        (opened.dataset.clone(), opened.narrowed(query))
    }
}
