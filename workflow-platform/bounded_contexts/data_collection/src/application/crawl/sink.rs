//! Where rows go as they come.

use async_trait::async_trait;
use serde_json::Value;
use shared_kernel::application::{ActionContext, ActionError};

use super::super::dataset::{Author, Cause, DatasetsModule, Mode, Write, upsert_failure};
use crate::domain::dataset::DatasetName;

/// Stores rows durably.
#[async_trait]
pub trait RowSink: Send + Sync {
    /// All of them or none. Rows of a key that is there already take its place.
    async fn store(
        &self,
        ctx: &ActionContext,
        dataset: &DatasetName,
        key: &[String],
        rows: Vec<Value>,
    ) -> Result<(), ActionError>;
}

#[async_trait]
impl RowSink for DatasetsModule {
    async fn store(
        &self,
        ctx: &ActionContext,
        dataset: &DatasetName,
        key: &[String],
        rows: Vec<Value>,
    ) -> Result<(), ActionError> {
        // What is stored again after a crash may be other pages than the first time.
        let text = serde_json::to_vec(&rows).unwrap_or_default();
        let hash = blake3::hash(&text).to_hex();
        let idempotency_key = format!("{}:{}", ctx.idempotency_key, &hash[..32]);
        let wanted = Write {
            owner: ctx.owner,
            dataset: dataset.clone(),
            key: Some(key.to_vec()),
            records: rows,
            mode: Mode::Upsert,
            idempotency_key,
            author: Author { user: None, execution: Some(ctx.execution) },
            cause: Cause::Batch,
        };
        self.write(wanted).await.map_err(|error| upsert_failure(&error))?;
        Ok(())
    }
}
