//! Batches that were held back.

use async_trait::async_trait;
use serde_json::Value;
use shared_kernel::{
    domain::{Cursor, Timestamp},
    infrastructure::db::UnitOfWork,
};
use uuid::Uuid;

use super::{Author, DatasetStoreError};
use crate::{application::dataset::Mode, domain::dataset::Breach};

/// What became of a held batch.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum HeldState {
    /// Nobody has decided yet.
    Held,
    Released,
    Discarded,
}

impl HeldState {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Held => "held",
            Self::Released => "released",
            Self::Discarded => "discarded",
        }
    }

    pub fn read(text: &str) -> Self {
        let all = [Self::Released, Self::Discarded];
        all.into_iter().find(|state| state.as_str() == text).unwrap_or(Self::Held)
    }
}

/// A held batch, without its records.
#[derive(Debug, Clone, PartialEq)]
pub struct HeldRow {
    pub id: Uuid,
    pub state: HeldState,
    pub records: u64,
    pub breaches: Vec<Breach>,
    pub key: Vec<String>,
    pub mode: Mode,
    pub author: Author,
    pub held_at: Timestamp,
    pub decided_at: Option<Timestamp>,
    /// Who decided.
    pub decided_by: Option<Uuid>,
    /// Of the dataset, when it was released and changed something.
    pub version: Option<u64>,
}

/// Held batches of a dataset.
#[async_trait]
pub trait HeldBatches: Send + Sync {
    async fn hold_batch(
        &self,
        work: &mut UnitOfWork,
        dataset: Uuid,
        held: &HeldRow,
        records: &[Value],
    ) -> Result<(), DatasetStoreError>;

    /// How many nobody has decided on.
    async fn count_held(
        &self,
        work: &mut UnitOfWork,
        dataset: Uuid,
    ) -> Result<u64, DatasetStoreError>;

    /// Newest first.
    async fn list_held(
        &self,
        dataset: Uuid,
        state: Option<HeldState>,
        after: Option<Cursor>,
        limit: u32,
    ) -> Result<Vec<HeldRow>, DatasetStoreError>;

    async fn find_held(
        &self,
        dataset: Uuid,
        id: Uuid,
    ) -> Result<Option<HeldRow>, DatasetStoreError>;

    /// Held against others who would decide.
    async fn lock_held(
        &self,
        work: &mut UnitOfWork,
        dataset: Uuid,
        id: Uuid,
    ) -> Result<Option<HeldRow>, DatasetStoreError>;

    /// Its records from a place on, bounded in bytes; at least one if there is one.
    async fn held_records(
        &self,
        id: Uuid,
        from: u64,
        limit: u32,
    ) -> Result<Vec<Value>, DatasetStoreError>;

    /// All of them, to be published.
    async fn all_held_records(
        &self,
        work: &mut UnitOfWork,
        id: Uuid,
    ) -> Result<Vec<Value>, DatasetStoreError>;

    /// Writes what was decided, and lets go of the records.
    async fn settle_held(
        &self,
        work: &mut UnitOfWork,
        held: &HeldRow,
    ) -> Result<(), DatasetStoreError>;
}
