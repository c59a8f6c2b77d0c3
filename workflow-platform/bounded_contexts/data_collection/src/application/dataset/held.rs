//! Held batches: looked at, released or discarded.

use serde_json::{Value, json};
use shared_kernel::{
    application::{Limit, Principal},
    domain::{Cursor, Page, PageRequest, Permission},
};
use uuid::Uuid;

use super::{DatasetsError, DatasetsModule, HeldRow, HeldState, Written, ports::Cause};

/// A held batch with some of its records.
#[derive(Debug, Clone, PartialEq)]
pub struct HeldBatch {
    pub held: HeldRow,
    pub records: Vec<Value>,
    /// The place of the next record.
    pub next: Option<u64>,
}

impl DatasetsModule {
    /// Newest first.
    pub async fn list_held(
        &self,
        who: &Principal,
        name: &str,
        state: Option<HeldState>,
        page: PageRequest,
    ) -> Result<Page<HeldRow>, DatasetsError> {
        who.require(Permission::DatasetRead)?;
        let dataset = self.dataset_of(who.owner(), name).await?;
        let (after, limit) = (page.after, page.limit + 1);
        let rows = self.store.list_held(dataset.id, state, after, limit).await?;
        Ok(Page::cut(rows, page.limit, |row| Cursor { at: row.held_at, id: row.id }))
    }

    pub async fn show_held(
        &self,
        who: &Principal,
        name: &str,
        id: Uuid,
        from: u64,
        limit: u32,
    ) -> Result<HeldBatch, DatasetsError> {
        who.require(Permission::DatasetRead)?;
        let dataset = self.dataset_of(who.owner(), name).await?;
        let held = self.store.find_held(dataset.id, id).await?;
        let held = held.ok_or(DatasetsError::PartNotFound("batch"))?;
        let records = self.store.held_records(id, from, limit).await?;
        let next = from.saturating_add(records.len() as u64);
        let next = (!records.is_empty() && next < held.records).then_some(next);
        Ok(HeldBatch { held, records, next })
    }

    /// Publishes the batch whatever the contract says.
    pub async fn release(
        &self,
        who: &Principal,
        name: &str,
        id: Uuid,
    ) -> Result<Written, DatasetsError> {
        who.require(Permission::DatasetWrite)?;
        let now = self.ambient.now();
        let allowance = self.entitlements.allowance(who.owner(), Limit::DatasetRecords).await?;
        let mut work = self.database.begin().await?;
        let row = self.store.hold_known(&mut work, who.owner(), name).await?;
        let row = row.ok_or(DatasetsError::NotFound)?;
        let held = self.store.lock_held(&mut work, row.id, id).await?;
        let mut held = undecided(held)?;
        let records = self.store.all_held_records(&mut work, id).await?;
        let (known, wanted) = (held.key.clone(), None);
        let ready = self.ready(known, wanted, held.mode, id.to_string(), records).await?;
        let (mode, author) = (held.mode, held.author);
        let before = row.version;
        let written = self
            .publish(&mut work, row.clone(), &ready.batch, mode, author, Cause::Release, now)
            .await?;
        if let Err(error) = self.within(&mut work, &row, allowance, written.added).await {
            return Err(self.refused(work, error, written.added).await);
        }
        held.state = HeldState::Released;
        (held.decided_at, held.decided_by) = (Some(now), Some(who.user.uuid()));
        held.version = Some(written.version).filter(|version| *version > before);
        self.store.settle_held(&mut work, &held).await?;
        let details = json!({ "batch_id": id, "records": held.records, "version": held.version });
        work.record(&self.audited(who, &row, "dataset.batch_released", &details)).await?;
        work.commit().await?;
        self.bell.notify_one();
        Ok(written)
    }

    /// Lets go of the batch and its records.
    pub async fn discard(
        &self,
        who: &Principal,
        name: &str,
        id: Uuid,
    ) -> Result<HeldRow, DatasetsError> {
        who.require(Permission::DatasetWrite)?;
        let now = self.ambient.now();
        let mut work = self.database.begin().await?;
        let row = self.store.hold_known(&mut work, who.owner(), name).await?;
        let row = row.ok_or(DatasetsError::NotFound)?;
        let held = self.store.lock_held(&mut work, row.id, id).await?;
        let mut held = undecided(held)?;
        held.state = HeldState::Discarded;
        (held.decided_at, held.decided_by) = (Some(now), Some(who.user.uuid()));
        self.store.settle_held(&mut work, &held).await?;
        let details = json!({ "batch_id": id, "records": held.records });
        work.record(&self.audited(who, &row, "dataset.batch_discarded", &details)).await?;
        work.commit().await?;
        Ok(held)
    }
}

fn undecided(held: Option<HeldRow>) -> Result<HeldRow, DatasetsError> {
    let held = held.ok_or(DatasetsError::PartNotFound("batch"))?;
    if held.state == HeldState::Held { Ok(held) } else { Err(DatasetsError::Decided) }
}
