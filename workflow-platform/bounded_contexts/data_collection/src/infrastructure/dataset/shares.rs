//! [`Shares`] in the database.

use std::time::Duration;

use async_trait::async_trait;
use sea_orm::{ConnectionTrait as _, QueryResult};
use serde_json::json;
use shared_kernel::{
    domain::{Cursor, Timestamp},
    infrastructure::db::UnitOfWork,
};
use uuid::Uuid;

use super::{
    SqlDatasets,
    store::{time, time_or_none, unsigned},
};
use crate::application::dataset::ports::{DatasetStoreError, ShareRow, Shares};

/// How exactly it is noted when a link was used.
const USED_TO: Duration = Duration::from_mins(1);

fn share(row: &QueryResult) -> Result<ShareRow, DatasetStoreError> {
    let columns: Option<String> = row.try_get("", "columns")?;
    Ok(ShareRow {
        id: row.try_get("", "id")?,
        dataset: row.try_get("", "dataset_id")?,
        label: row.try_get("", "label")?,
        columns: columns.map(|text| serde_json::from_str(&text)).transpose()?,
        expires_at: time_or_none(row, "expires_at")?,
        created_at: time(row, "created_at")?,
        revoked_at: time_or_none(row, "revoked_at")?,
        used_at: time_or_none(row, "used_at")?,
    })
}

#[async_trait]
impl Shares for SqlDatasets {
    async fn keep_share(
        &self,
        work: &mut UnitOfWork,
        share: &ShareRow,
        token_hash: &str,
    ) -> Result<(), DatasetStoreError> {
        let sql = "INSERT INTO dataset_shares \
                   (id, dataset_id, label, token_hash, columns, expires_at, created_at) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7)";
        let values = vec![
            share.id.into(),
            share.dataset.into(),
            share.label.clone().into(),
            token_hash.into(),
            share.columns.as_ref().map(|columns| json!(columns).to_string()).into(),
            share.expires_at.map(Timestamp::micros).into(),
            share.created_at.into(),
        ];
        self.execute(work, sql, values).await?;
        Ok(())
    }

    async fn count_shares(
        &self,
        work: &mut UnitOfWork,
        dataset: Uuid,
    ) -> Result<u64, DatasetStoreError> {
        let sql = "SELECT CAST(COUNT(*) AS BIGINT) AS found FROM dataset_shares \
                   WHERE dataset_id = $1 AND revoked_at IS NULL";
        let rows = self.query(work, sql, vec![dataset.into()]).await?;
        Ok(rows.first().map(|row| unsigned(row, "found")).transpose()?.unwrap_or_default())
    }

    async fn list_shares(
        &self,
        dataset: Uuid,
        after: Option<Cursor>,
        limit: u32,
    ) -> Result<Vec<ShareRow>, DatasetStoreError> {
        let mut sql = "SELECT * FROM dataset_shares WHERE dataset_id = $1".to_owned();
        let mut values: Vec<sea_orm::Value> = vec![dataset.into()];
        if let Some(after) = after {
            sql.push_str(" AND (created_at, id) < ($2, $3)");
            values.extend([after.at.into(), after.id.into()]);
        }
        sql.push_str(&format!(" ORDER BY created_at DESC, id DESC LIMIT {limit}"));
        let rows = self.read(sql, values).await?;
        rows.iter().map(share).collect()
    }

    async fn revoke_share(
        &self,
        work: &mut UnitOfWork,
        dataset: Uuid,
        id: Uuid,
        now: Timestamp,
    ) -> Result<bool, DatasetStoreError> {
        let sql = "UPDATE dataset_shares SET revoked_at = $3 \
                   WHERE dataset_id = $1 AND id = $2 AND revoked_at IS NULL";
        Ok(self.execute(work, sql, vec![dataset.into(), id.into(), now.into()]).await? > 0)
    }

    async fn open_share(
        &self,
        token_hash: &str,
        now: Timestamp,
    ) -> Result<Option<ShareRow>, DatasetStoreError> {
        let sql = "SELECT * FROM dataset_shares WHERE token_hash = $1 AND revoked_at IS NULL \
                   AND (expires_at IS NULL OR expires_at > $2)";
        let rows = self.read(sql, vec![token_hash.into(), now.into()]).await?;
        rows.first().map(share).transpose()
    }

    async fn share_used(&self, id: Uuid, now: Timestamp) -> Result<(), DatasetStoreError> {
        let sql = "UPDATE dataset_shares SET used_at = $2 \
                   WHERE id = $1 AND (used_at IS NULL OR used_at < $3)";
        let values = [id.into(), now.into(), now.minus(USED_TO).into()];
        let statement = self.database.statement(sql, values);
        self.database.write().execute_raw(statement).await?;
        Ok(())
    }
}
