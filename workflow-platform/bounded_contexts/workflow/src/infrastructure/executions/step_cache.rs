//! Results of steps, kept for later runs.

use async_trait::async_trait;
use sea_orm::ConnectionTrait as _;
use serde_json::Value;
use shared_kernel::{
    domain::{Owner, Timestamp},
    infrastructure::db::Database,
};

use crate::application::executions::{StepCache, StoreError};

/// Largest result that is kept, bytes of JSON.
const LARGEST: usize = 1024 * 1024;

const GET: &str = "SELECT output FROM workflow_step_cache \
     WHERE user_id = $1 AND cache_key = $2 AND expires_at > $3";
/// What has expired goes a little at a time, whoever it belonged to.
const FORGET: &str = "DELETE FROM workflow_step_cache WHERE (user_id, cache_key) IN \
     (SELECT user_id, cache_key FROM workflow_step_cache WHERE expires_at <= $1 \
      ORDER BY expires_at LIMIT 100)";
const PUT: &str = "INSERT INTO workflow_step_cache (user_id, cache_key, output, expires_at) \
     VALUES ($1, $2, $3, $4) ON CONFLICT (user_id, cache_key) \
     DO UPDATE SET output = excluded.output, expires_at = excluded.expires_at";

/// Both engines through plain SQL.
#[derive(Debug, Clone)]
pub struct SqlStepCache(Database);

impl SqlStepCache {
    pub const fn new(database: Database) -> Self {
        Self(database)
    }
}

#[async_trait]
impl StepCache for SqlStepCache {
    async fn get(
        &self,
        owner: Owner,
        key: &str,
        now: Timestamp,
    ) -> Result<Option<Value>, StoreError> {
        let statement = self.0.statement(GET, [owner.into(), key.into(), now.into()]);
        let Some(row) = self.0.read().query_one_raw(statement).await? else { return Ok(None) };
        let output: String = row.try_get_by_index(0)?;
        Ok(Some(serde_json::from_str(&output)?))
    }

    async fn put(
        &self,
        owner: Owner,
        key: &str,
        output: &Value,
        now: Timestamp,
        expires_at: Timestamp,
    ) -> Result<(), StoreError> {
        let output = output.to_string();
        if output.len() > LARGEST {
            return Ok(());
        }
        self.0.write().execute_raw(self.0.statement(FORGET, [now.into()])).await?;
        let values = [owner.into(), key.into(), output.into(), expires_at.into()];
        self.0.write().execute_raw(self.0.statement(PUT, values)).await?;
        Ok(())
    }
}
