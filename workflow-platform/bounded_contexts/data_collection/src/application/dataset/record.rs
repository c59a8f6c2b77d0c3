//! One record: as it is, as it was, and what became of it.

use serde_json::{Map, Value};
use shared_kernel::{application::Principal, domain::Permission};

use super::{ChangeRow, DatasetRow, DatasetsError, DatasetsModule, RecordRow};

/// A record at some version of its dataset.
#[derive(Debug, Clone, PartialEq)]
pub enum Recorded {
    Now(RecordRow),
    Then { version: u64, key: String, data: Map<String, Value> },
}

/// Changes of a record.
#[derive(Debug, Clone, PartialEq)]
pub struct History {
    pub changes: Vec<ChangeRow>,
    /// Changes below this version follow.
    pub below: Option<u64>,
}

impl DatasetsModule {
    /// As it is, or as it was when the dataset had the version.
    pub async fn record(
        &self,
        who: &Principal,
        name: &str,
        key: &str,
        as_of: Option<u64>,
    ) -> Result<Recorded, DatasetsError> {
        who.require(Permission::DatasetRead)?;
        let dataset = self.dataset_of(who.owner(), name).await?;
        let missing = || DatasetsError::PartNotFound("record");
        if let Some(version) = as_of.filter(|version| *version != dataset.version) {
            let data = self.as_of(&dataset, key, version).await?.ok_or_else(missing)?;
            let key = key.to_owned();
            return Ok(Recorded::Then { version, key, data });
        }
        let row = self.store.record(dataset.id, key).await?.ok_or_else(missing)?;
        Ok(Recorded::Now(row))
    }

    /// What stood before the first change after the version; if there is none, what stands now.
    async fn as_of(
        &self,
        dataset: &DatasetRow,
        key: &str,
        version: u64,
    ) -> Result<Option<Map<String, Value>>, DatasetsError> {
        if version > dataset.version {
            let message = format!("the dataset is at version {}", dataset.version);
            return Err(DatasetsError::input("as_of", message));
        }
        if version < dataset.forgotten {
            return Err(DatasetsError::Forgotten(dataset.forgotten));
        }
        if let Some(change) = self.store.first_after(dataset.id, key, version).await? {
            return Ok(change.before);
        }
        Ok(self.store.record(dataset.id, key).await?.map(|row| row.data))
    }

    /// Changes, the newest first. Of a record that was removed too.
    pub async fn history(
        &self,
        who: &Principal,
        name: &str,
        key: &str,
        below: Option<u64>,
        limit: u32,
    ) -> Result<History, DatasetsError> {
        who.require(Permission::DatasetRead)?;
        let dataset = self.dataset_of(who.owner(), name).await?;
        let mut changes = self.store.history(dataset.id, key, below, limit + 1).await?;
        if changes.is_empty() && below.is_none() {
            let known = self.store.record(dataset.id, key).await?;
            known.ok_or(DatasetsError::PartNotFound("record"))?;
        }
        let below = changes.last().map(|last| last.version);
        let full = changes.len() > usize::try_from(limit).unwrap_or(usize::MAX);
        if full {
            changes.pop();
            return Ok(History { below: changes.last().map(|last| last.version), changes });
        }
        // A page may also end early because its records are large.
        let more = match below {
            Some(version) => {
                !self.store.history(dataset.id, key, Some(version), 1).await?.is_empty()
            }
            None => false,
        };
        Ok(History { below: below.filter(|_| more), changes })
    }
}
