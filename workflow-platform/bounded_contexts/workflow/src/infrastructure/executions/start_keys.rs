//! Keys of starts in the database.

use async_trait::async_trait;
use sea_orm::{ConnectionTrait as _, QueryResult};
use shared_kernel::{
    domain::{Id, IdempotencyKey, Owner, Timestamp},
    infrastructure::db::{Database, UnitOfWork},
};
use uuid::Uuid;

use crate::application::executions::{
    StoreError,
    ports::{KeyedStart, StartKeys},
};

const FIND: &str = "SELECT fingerprint, execution_id, created_at FROM workflow_start_keys \
     WHERE user_id = $1 AND start_key = $2 AND created_at >= $3";
const FORGET: &str = "DELETE FROM workflow_start_keys WHERE user_id = $1 AND created_at < $2";
const KEEP: &str = "INSERT INTO workflow_start_keys \
     (user_id, start_key, fingerprint, execution_id, created_at) VALUES ($1, $2, $3, $4, $5) \
     ON CONFLICT (user_id, start_key) DO NOTHING";

/// Both engines through plain SQL.
#[derive(Debug, Clone)]
pub struct SqlStartKeys(Database);

impl SqlStartKeys {
    pub const fn new(database: Database) -> Self {
        Self(database)
    }
}

fn start(row: &QueryResult, key: &IdempotencyKey) -> Result<KeyedStart, StoreError> {
    Ok(KeyedStart {
        key: key.clone(),
        fingerprint: row.try_get("", "fingerprint")?,
        execution: Id::from(row.try_get::<Uuid>("", "execution_id")?),
        created_at: Timestamp::from_micros(row.try_get("", "created_at")?),
    })
}

#[async_trait]
impl StartKeys for SqlStartKeys {
    async fn find(
        &self,
        owner: Owner,
        key: &IdempotencyKey,
        since: Timestamp,
    ) -> Result<Option<KeyedStart>, StoreError> {
        let values = [owner.into(), key.as_str().into(), since.into()];
        let row = self.0.read().query_one_raw(self.0.statement(FIND, values)).await?;
        row.map(|row| start(&row, key)).transpose()
    }

    async fn keep(
        &self,
        work: &mut UnitOfWork,
        owner: Owner,
        start: &KeyedStart,
        forgotten: Timestamp,
    ) -> Result<bool, StoreError> {
        let forget = self.0.statement(FORGET, [owner.into(), forgotten.into()]);
        work.conn().execute_raw(forget).await?;
        let values = [
            owner.into(),
            start.key.as_str().into(),
            start.fingerprint.as_str().into(),
            start.execution.into(),
            start.created_at.into(),
        ];
        let kept = work.conn().execute_raw(self.0.statement(KEEP, values)).await?;
        Ok(kept.rows_affected() > 0)
    }
}
