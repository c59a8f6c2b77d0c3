//! Writes a batch of records: new ones are added, changed ones rewritten, others left alone.

use serde::{Deserialize, Serialize};
use serde_json::json;
use shared_kernel::{
    application::Limit,
    domain::{DomainEvent, Execution, Id, Owner, Timestamp},
    infrastructure::db::UnitOfWork,
};
use uuid::Uuid;

use super::{DatasetRow, DatasetsError, DatasetsModule, ports::WrittenRecord};
use crate::domain::dataset::{Batch, DatasetName};

/// Records looked up or written with one statement.
const CHUNK: usize = 500;
/// Most keys that an answer names.
const KEYS_NAMED: usize = 1000;

/// A batch for a dataset.
#[derive(Debug, Clone)]
pub struct Upsert {
    pub owner: Owner,
    pub dataset: DatasetName,
    pub batch: Batch,
    /// A batch of the same key is written once, and answered the same again.
    pub idempotency_key: String,
    /// The execution it comes from.
    pub execution: Option<Id<Execution>>,
}

/// What a batch did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Upserted {
    pub dataset: String,
    pub added: u64,
    /// Keys of records that were there and are different now; the first thousand.
    pub changed: Vec<String>,
    pub changed_count: u64,
    pub unchanged: u64,
    /// Records in the dataset now.
    pub total: u64,
    pub version: u64,
}

impl DatasetsModule {
    /// All of the batch, or nothing.
    pub async fn upsert(&self, wanted: &Upsert) -> Result<Upserted, DatasetsError> {
        let now = self.ambient.now();
        let allowance = self.entitlements.allowance(wanted.owner, Limit::DatasetRecords).await?;
        let mut work = self.database.begin().await?;
        let row = self
            .store
            .hold(&mut work, wanted.owner, &wanted.dataset, self.ambient.uuid(), now)
            .await?;
        if let Some(answer) = self.store.batch(&mut work, row.id, &wanted.idempotency_key).await? {
            return Ok(serde_json::from_value(answer)?);
        }
        let upserted = self.write_batch(&mut work, wanted, row.clone(), now).await?;
        if upserted.added > 0 {
            let used = self.store.count_all(&mut work, wanted.owner).await?;
            allowance.include(used.saturating_sub(upserted.added), upserted.added)?;
        }
        let answer = serde_json::to_value(&upserted)?;
        self.store.keep_batch(&mut work, row.id, &wanted.idempotency_key, &answer, now).await?;
        if upserted.version > row.version {
            work.record(&self.changed_event(wanted, &upserted, now)).await?;
        }
        work.commit().await?;
        Ok(upserted)
    }

    async fn write_batch(
        &self,
        work: &mut UnitOfWork,
        wanted: &Upsert,
        mut row: DatasetRow,
        now: Timestamp,
    ) -> Result<Upserted, DatasetsError> {
        let mut upserted = Upserted {
            dataset: row.name.clone(),
            added: 0,
            changed: Vec::new(),
            changed_count: 0,
            unchanged: 0,
            total: row.records,
            version: row.version,
        };
        let mut ids = self.falling_ids(wanted.batch.records.len()).into_iter();
        for chunk in wanted.batch.records.chunks(CHUNK) {
            let keys: Vec<&str> = chunk.iter().map(|record| record.key.as_str()).collect();
            let mut known = self.store.known(work, row.id, &keys).await?;
            let mut written = Vec::with_capacity(chunk.len());
            for (record, id) in chunk.iter().zip(ids.by_ref()) {
                let before = known.remove(&record.key);
                match &before {
                    Some(before) if before.hash == record.hash => {
                        upserted.unchanged += 1;
                        continue;
                    }
                    Some(_) => {
                        upserted.changed_count += 1;
                        if upserted.changed.len() < KEYS_NAMED {
                            upserted.changed.push(record.key.clone());
                        }
                    }
                    None => upserted.added += 1,
                }
                row.columns.observe(&record.data);
                let before = before.map(|before| before.data);
                written.push(WrittenRecord { id, record, before });
            }
            self.store.write(work, row.id, row.version + 1, &written, now).await?;
        }
        self.settle(work, row, &mut upserted, now).await?;
        Ok(upserted)
    }

    /// Ids for a batch: lists are newest first, and show a batch in the order it was given.
    fn falling_ids(&self, count: usize) -> Vec<Uuid> {
        let mut ids: Vec<Uuid> = (0..count).map(|_| self.ambient.uuid()).collect();
        ids.sort_unstable_by(|one, other| other.cmp(one));
        ids
    }

    async fn settle(
        &self,
        work: &mut UnitOfWork,
        mut row: DatasetRow,
        upserted: &mut Upserted,
        now: Timestamp,
    ) -> Result<(), DatasetsError> {
        if upserted.added + upserted.changed_count == 0 {
            return Ok(());
        }
        row.records += upserted.added;
        row.version += 1;
        row.updated_at = now;
        (upserted.total, upserted.version) = (row.records, row.version);
        Ok(self.store.update(work, &row).await?)
    }

    fn changed_event(&self, wanted: &Upsert, upserted: &Upserted, now: Timestamp) -> DomainEvent {
        DomainEvent {
            id: self.ambient.id(),
            kind: "dataset.changed".to_owned(),
            version: 1,
            aggregate: "dataset".to_owned(),
            aggregate_id: format!("{}/{}", wanted.owner.user(), upserted.dataset),
            user: Some(wanted.owner.user()),
            payload: json!({
                "dataset": upserted.dataset,
                "version": upserted.version,
                "added": upserted.added,
                "changed": upserted.changed_count,
                "total": upserted.total,
                "execution_id": wanted.execution,
            }),
            occurred_at: now,
            request_id: None,
        }
    }
}
