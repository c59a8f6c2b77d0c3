//! Removes records; that they were there stays in the history.

use serde::Serialize;
use shared_kernel::{
    application::Principal,
    domain::{Permission, Timestamp},
    infrastructure::db::UnitOfWork,
};

use super::{
    DatasetRow, DatasetsError, DatasetsModule,
    ports::{Author, Cause, RemovedRecord, VersionRow},
};

/// Most keys of one request.
const MOST: usize = 1000;

/// What was removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Removed {
    pub removed: u64,
    /// Records in the dataset now.
    pub total: u64,
    pub version: u64,
}

impl DatasetsModule {
    /// Keys that are not there are left out.
    pub async fn remove(
        &self,
        who: &Principal,
        name: &str,
        keys: &[String],
    ) -> Result<Removed, DatasetsError> {
        who.require(Permission::DatasetWrite)?;
        if !(1..=MOST).contains(&keys.len()) {
            return Err(DatasetsError::input("keys", format!("must be 1 to {MOST} keys")));
        }
        let mut work = self.database.begin().await?;
        let held = self.store.hold_known(&mut work, who.owner(), name).await?;
        let mut row = held.ok_or(DatasetsError::NotFound)?;
        let author = Author { user: Some(who.user), execution: None };
        let (cause, now) = (Cause::Removal, self.ambient.now());
        let removed = self.remove_keys(&mut work, &mut row, keys, author, cause, now).await?;
        self.store.update(&mut work, &row).await?;
        work.commit().await?;
        Ok(Removed { removed, total: row.records, version: row.version })
    }

    /// One record, which must be there.
    pub async fn remove_one(
        &self,
        who: &Principal,
        name: &str,
        key: String,
    ) -> Result<Removed, DatasetsError> {
        let removed = self.remove(who, name, &[key]).await?;
        if removed.removed == 0 {
            return Err(DatasetsError::PartNotFound("record"));
        }
        Ok(removed)
    }

    /// Makes the next version of the held dataset, without these.
    pub(super) async fn remove_keys(
        &self,
        work: &mut UnitOfWork,
        row: &mut DatasetRow,
        keys: &[String],
        author: Author,
        cause: Cause,
        now: Timestamp,
    ) -> Result<u64, DatasetsError> {
        let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
        let known = self.store.known(work, row.id, &keys).await?;
        let records: Vec<_> =
            known.into_iter().map(|(key, before)| RemovedRecord { key, before }).collect();
        if records.is_empty() {
            return Ok(0);
        }
        self.store.remove(work, row, &records, now).await?;
        let removed = records.len() as u64;
        row.records = row.records.saturating_sub(removed);
        let version = VersionRow {
            version: row.version + 1,
            at: now,
            cause,
            author,
            added: 0,
            changed: 0,
            removed,
            total: row.records,
        };
        self.settle(work, row, &version).await?;
        Ok(removed)
    }
}
