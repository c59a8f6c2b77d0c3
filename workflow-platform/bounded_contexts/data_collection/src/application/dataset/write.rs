//! Writes a batch of records into a dataset, or holds it back.

use serde_json::{Value, json};
use shared_kernel::{
    application::{Allowance, Limit, Principal},
    domain::{Owner, Permission, Timestamp},
    infrastructure::db::UnitOfWork,
};

use super::{
    DatasetRow, DatasetsError, DatasetsModule, Mode, Written,
    edit::examine_key,
    ports::{Author, Cause, HeldRow, HeldState},
};
use crate::domain::dataset::{Batch, Breach, DatasetName};

/// Held batches that wait for somebody to look at them.
const MOST_HELD: u64 = 20;

/// A batch for a dataset.
#[derive(Debug, Clone)]
pub struct Write {
    pub owner: Owner,
    pub dataset: DatasetName,
    /// Fields that tell records apart; those of the dataset when absent.
    pub key: Option<Vec<String>>,
    pub records: Vec<Value>,
    pub mode: Mode,
    /// A batch of the same key is written once, and answered the same again.
    pub idempotency_key: String,
    pub author: Author,
    pub cause: Cause,
}

/// A batch that may be written, and by which key.
pub(super) struct Ready {
    pub key: Vec<String>,
    pub batch: Batch,
}

impl DatasetsModule {
    /// A batch of somebody's own.
    pub async fn write_by(
        &self,
        who: &Principal,
        name: &str,
        key: Option<Vec<String>>,
        mode: Mode,
        records: Vec<Value>,
    ) -> Result<Written, DatasetsError> {
        who.require(Permission::DatasetWrite)?;
        let dataset = name.parse::<DatasetName>();
        let write = Write {
            owner: who.owner(),
            dataset: dataset.map_err(|error| DatasetsError::input("name", error.to_string()))?,
            key,
            records,
            mode,
            idempotency_key: format!("call-{}", self.ambient.uuid()),
            author: Author { user: Some(who.user), execution: None },
            cause: Cause::Batch,
        };
        self.write(write).await
    }

    /// All of the batch, or nothing.
    pub async fn write(&self, wanted: Write) -> Result<Written, DatasetsError> {
        let known = self.store.find(wanted.owner, wanted.dataset.as_str()).await?;
        let key = known.map(|row| row.settings.key).unwrap_or_default();
        let Write { owner, dataset, mode, idempotency_key, author, cause, .. } = wanted;
        let seed = idempotency_key.clone();
        let ready = self.ready(key, wanted.key, mode, seed, wanted.records).await?;
        let now = self.ambient.now();
        let allowance = self.entitlements.allowance(owner, Limit::DatasetRecords).await?;
        let mut work = self.database.begin().await?;
        let mut row = self.store.hold(&mut work, owner, &dataset, self.ambient.uuid(), now).await?;
        if let Some(answer) = self.store.batch(&mut work, row.id, &idempotency_key).await? {
            return Ok(serde_json::from_value(answer)?);
        }
        take_key(&mut row, &ready.key)?;
        let contract = &row.settings.contract;
        let breaches = contract.check(&ready.batch, &row.columns, row.last_batch);
        let written = if breaches.is_empty() {
            self.publish(&mut work, row.clone(), &ready.batch, mode, author, cause, now).await?
        } else {
            self.hold_back(&mut work, &row, &ready, mode, author, breaches, now).await?
        };
        if let Err(error) = self.within(&mut work, &row, allowance, written.added).await {
            return Err(self.refused(work, error, written.added).await);
        }
        let answer = serde_json::to_value(&written)?;
        self.store.keep_batch(&mut work, row.id, &idempotency_key, &answer, now).await?;
        work.commit().await?;
        self.bell.notify_one();
        Ok(written)
    }

    /// Checks every record away from the requests.
    pub(super) async fn ready(
        &self,
        known: Vec<String>,
        wanted: Option<Vec<String>>,
        mode: Mode,
        seed: String,
        records: Vec<Value>,
    ) -> Result<Ready, DatasetsError> {
        let key = match (mode, wanted) {
            (Mode::Append, Some(_)) => {
                return Err(DatasetsError::input("key", "records that are appended have none"));
            }
            (Mode::Append, None) => Vec::new(),
            (_, Some(key)) => key,
            (_, None) => known,
        };
        examine_key(&key)?;
        let ready = self.cpu.run(move || {
            let batch = match mode {
                Mode::Append => Batch::keyless(&seed, records)?,
                Mode::Upsert | Mode::Insert => Batch::new(&key, records)?,
            };
            Ok::<_, DatasetsError>(Ready { key, batch })
        });
        ready.await?
    }

    /// Refuses what the plan does not include.
    pub(super) async fn within(
        &self,
        work: &mut UnitOfWork,
        row: &DatasetRow,
        allowance: Allowance,
        added: u64,
    ) -> Result<(), DatasetsError> {
        if added > 0 {
            let used = self.store.count_all(work, row.owner).await?;
            allowance.include(used.saturating_sub(added), added)?;
        }
        Ok(())
    }

    /// Nothing of it stays; the answer names the plan that includes as much.
    pub(super) async fn refused(
        &self,
        work: UnitOfWork,
        error: DatasetsError,
        added: u64,
    ) -> DatasetsError {
        drop(work);
        match error {
            DatasetsError::Quota(error) => self.entitlements.with_hint(error, added).await.into(),
            other => other,
        }
    }

    #[expect(clippy::too_many_arguments, reason = "a held batch is all of these")]
    async fn hold_back(
        &self,
        work: &mut UnitOfWork,
        row: &DatasetRow,
        ready: &Ready,
        mode: Mode,
        author: Author,
        breaches: Vec<Breach>,
        now: Timestamp,
    ) -> Result<Written, DatasetsError> {
        if self.store.count_held(work, row.id).await? >= MOST_HELD {
            return Err(DatasetsError::TooMany { what: "held_batches", most: MOST_HELD });
        }
        let records: Vec<_> =
            ready.batch.records.iter().map(|record| Value::Object(record.data.clone())).collect();
        let held = HeldRow {
            id: self.ambient.uuid(),
            state: HeldState::Held,
            records: records.len() as u64,
            breaches: breaches.clone(),
            key: ready.key.clone(),
            mode,
            author,
            held_at: now,
            decided_at: None,
            decided_by: None,
            version: None,
        };
        self.store.hold_batch(work, row.id, &held, &records).await?;
        self.store.update(work, row).await?;
        let told = json!({
            "dataset": row.name,
            "batch_id": held.id,
            "records": held.records,
            "breaches": breaches,
            "execution_id": author.execution,
        });
        work.record(&self.event(row, "dataset.batch_held", told)).await?;
        Ok(Written { held: true, batch_id: Some(held.id), breaches, ..Written::nothing(row) })
    }
}

/// A dataset without a key gets that of its first batch.
fn take_key(row: &mut DatasetRow, key: &[String]) -> Result<(), DatasetsError> {
    if row.settings.key.is_empty() {
        key.clone_into(&mut row.settings.key);
    } else if row.settings.key != key {
        return Err(DatasetsError::OtherKey(row.settings.key.clone()));
    }
    Ok(())
}
