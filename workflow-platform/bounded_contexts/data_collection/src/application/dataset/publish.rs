//! Makes a batch the next version of its dataset.

use serde::{Deserialize, Serialize};
use serde_json::json;
use shared_kernel::{domain::Timestamp, infrastructure::db::UnitOfWork};
use uuid::Uuid;

use super::{
    DatasetRow, DatasetsError, DatasetsModule, Mode,
    ports::{Author, Cause, KnownRecord, VersionRow, WrittenRecord},
};
use crate::domain::dataset::{Batch, Breach, Keyed};

/// Records looked up or written with one statement.
const CHUNK: usize = 500;
/// Most keys that an answer names.
const KEYS_NAMED: usize = 1000;
/// Records that are put into a new column's index at once; more are left to the job.
const INDEXED_AT_ONCE: u32 = 1000;

/// What a batch did.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Written {
    pub dataset: String,
    pub added: u64,
    /// Keys of records that were there and are different now; the first thousand.
    pub changed: Vec<String>,
    pub changed_count: u64,
    pub unchanged: u64,
    /// Records in the dataset now.
    pub total: u64,
    pub version: u64,
    /// Nothing was published: the batch breaks the contract and waits for somebody to look at it.
    #[serde(default)]
    pub held: bool,
    /// Of the held batch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub batch_id: Option<Uuid>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub breaches: Vec<Breach>,
}

impl Written {
    pub(super) fn nothing(row: &DatasetRow) -> Self {
        Self {
            dataset: row.name.clone(),
            added: 0,
            changed: Vec::new(),
            changed_count: 0,
            unchanged: 0,
            total: row.records,
            version: row.version,
            held: false,
            batch_id: None,
            breaches: Vec::new(),
        }
    }

    /// Counts a record, and answers whether it is to be written.
    fn count(&mut self, record: &Keyed, before: Option<&KnownRecord>) -> bool {
        match before {
            Some(before) if before.hash == record.hash => {
                self.unchanged += 1;
                return false;
            }
            Some(_) => {
                self.changed_count += 1;
                if self.changed.len() < KEYS_NAMED {
                    self.changed.push(record.key.clone());
                }
            }
            None => self.added += 1,
        }
        true
    }
}

impl DatasetsModule {
    #[expect(clippy::too_many_arguments, reason = "a version is made of all of these")]
    pub(super) async fn publish(
        &self,
        work: &mut UnitOfWork,
        mut row: DatasetRow,
        batch: &Batch,
        mode: Mode,
        author: Author,
        cause: Cause,
        now: Timestamp,
    ) -> Result<Written, DatasetsError> {
        let mut written = Written::nothing(&row);
        let indexed = row.columns.indexed().count();
        for record in &batch.records {
            row.columns.observe(&record.data);
        }
        // Lists are newest first, and show a batch in the order it was given.
        let last = i64::try_from(batch.records.len()).unwrap_or(i64::MAX);
        let first_new = row.record_number(row.numbered + 1);
        let numbers = (row.numbered + 1..=row.numbered + last).rev();
        let mut numbers =
            numbers.map(|within| row.record_number(within)).collect::<Vec<_>>().into_iter();
        for chunk in batch.records.chunks(CHUNK) {
            let numbers: Vec<_> = numbers.by_ref().take(chunk.len()).collect();
            self.write_chunk(work, &row, chunk, &numbers, mode, &mut written, now).await?;
        }
        if row.columns.indexed().count() > indexed {
            self.index_new_columns(work, &mut row, first_new).await?;
        }
        row.numbered += if written.added > 0 { last } else { 0 };
        row.last_batch = Some(batch.records.len() as u64);
        row.records += written.added;
        let retention = row.settings.retention;
        if retention.records.is_some_and(|most| row.records > most) {
            row.retain_at = Some(now);
        }
        if written.added + written.changed_count > 0 {
            let version = VersionRow {
                version: row.version + 1,
                at: now,
                cause,
                author,
                added: written.added,
                changed: written.changed_count,
                removed: 0,
                total: row.records,
            };
            self.settle(work, &mut row, &version).await?;
            (written.total, written.version) = (row.records, row.version);
        }
        self.store.update(work, &row).await?;
        Ok(written)
    }

    #[expect(clippy::too_many_arguments, reason = "a part of the work above")]
    async fn write_chunk(
        &self,
        work: &mut UnitOfWork,
        row: &DatasetRow,
        chunk: &[Keyed],
        numbers: &[i64],
        mode: Mode,
        written: &mut Written,
        now: Timestamp,
    ) -> Result<(), DatasetsError> {
        let keys: Vec<&str> = chunk.iter().map(|record| record.key.as_str()).collect();
        let mut known = self.store.known(work, row.id, &keys).await?;
        let mut seen = Vec::with_capacity(chunk.len());
        let mut changes = Vec::with_capacity(chunk.len());
        for (record, number) in chunk.iter().zip(numbers) {
            let before = known.remove(&record.key);
            if before.is_some() && mode == Mode::Insert {
                return Err(DatasetsError::RecordExists(record.key.clone()));
            }
            let number = before.as_ref().map_or(*number, |before| before.number);
            seen.push(number);
            if written.count(record, before.as_ref()) {
                changes.push(WrittenRecord { id: self.ambient.uuid(), number, record, before });
            }
        }
        self.store.write(work, row, &changes, now).await?;
        Ok(self.store.saw(work, row, &seen, now).await?)
    }

    /// A column that is new has to have a cell of every record: at once where they are few.
    async fn index_new_columns(
        &self,
        work: &mut UnitOfWork,
        row: &mut DatasetRow,
        first_new: i64,
    ) -> Result<(), DatasetsError> {
        if row.records > u64::from(INDEXED_AT_ONCE) || row.index_below.is_some() {
            row.index_below = Some(i64::MAX);
            return Ok(());
        }
        self.store.index_below(work, row, first_new, INDEXED_AT_ONCE + 1).await?;
        row.columns.make_ready();
        Ok(())
    }

    /// Keeps the version and tells of it.
    pub(super) async fn settle(
        &self,
        work: &mut UnitOfWork,
        row: &mut DatasetRow,
        version: &VersionRow,
    ) -> Result<(), DatasetsError> {
        (row.version, row.updated_at) = (version.version, version.at);
        self.store.keep_version(work, row.id, version).await?;
        let told = json!({
            "dataset": row.name,
            "version": version.version,
            "added": version.added,
            "changed": version.changed,
            "removed": version.removed,
            "total": version.total,
            "cause": version.cause,
            "execution_id": version.author.execution,
        });
        Ok(work.record(&self.event(row, "dataset.changed", told)).await?)
    }
}
