//! [`HeldBatches`] in the database.

use async_trait::async_trait;
use sea_orm::QueryResult;
use serde_json::{Value, json};
use shared_kernel::{
    domain::{Cursor, Timestamp},
    infrastructure::db::{Backend, UnitOfWork},
};
use uuid::Uuid;

use super::{
    SqlDatasets,
    changes::author,
    store::{Weighed, signed, time, time_or_none, unsigned},
};
use crate::application::dataset::{
    Mode,
    ports::{DatasetStoreError, HeldBatches, HeldRow, HeldState},
};

/// Records written with one statement.
const CHUNK: usize = 500;

struct Read {
    record: Value,
    bytes: usize,
}

impl Weighed for Read {
    fn bytes(&self) -> usize {
        self.bytes
    }
}

fn held(row: &QueryResult) -> Result<HeldRow, DatasetStoreError> {
    let (breaches, key): (String, String) =
        (row.try_get("", "breaches")?, row.try_get("", "key_fields")?);
    let version: Option<i64> = row.try_get("", "version")?;
    Ok(HeldRow {
        id: row.try_get("", "id")?,
        state: HeldState::read(&row.try_get::<String>("", "state")?),
        records: unsigned(row, "records")?,
        breaches: serde_json::from_str(&breaches)?,
        key: serde_json::from_str(&key)?,
        mode: Mode::read(&row.try_get::<String>("", "mode")?),
        author: author(row)?,
        held_at: time(row, "held_at")?,
        decided_at: time_or_none(row, "decided_at")?,
        decided_by: row.try_get("", "decided_by")?,
        version: version.map(i64::unsigned_abs),
    })
}

fn read(row: &QueryResult) -> Result<Read, DatasetStoreError> {
    let text: String = row.try_get("", "data")?;
    Ok(Read { record: serde_json::from_str(&text)?, bytes: text.len() })
}

fn records_sql(backend: Backend) -> &'static str {
    match backend {
        Backend::Postgres => {
            "INSERT INTO dataset_held_records (held_id, place, data) \
             SELECT $1::uuid, $2::bigint + e.n - 1, e.value FROM \
             jsonb_array_elements_text($3::jsonb) WITH ORDINALITY AS e(value, n)"
        }
        Backend::Sqlite => {
            "INSERT INTO dataset_held_records (held_id, place, data) \
             SELECT $1, $2 + e.key, e.value FROM json_each($3) AS e"
        }
    }
}

#[async_trait]
impl HeldBatches for SqlDatasets {
    async fn hold_batch(
        &self,
        work: &mut UnitOfWork,
        dataset: Uuid,
        held: &HeldRow,
        records: &[Value],
    ) -> Result<(), DatasetStoreError> {
        let sql = "INSERT INTO dataset_held (id, dataset_id, state, records, breaches, key_fields, \
                   mode, user_id, execution_id, held_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
        let values = vec![
            held.id.into(),
            dataset.into(),
            held.state.as_str().into(),
            signed(held.records).into(),
            json!(held.breaches).to_string().into(),
            json!(held.key).to_string().into(),
            held.mode.as_str().into(),
            held.author.user.map(Uuid::from).into(),
            held.author.execution.map(Uuid::from).into(),
            held.held_at.into(),
        ];
        self.execute(work, sql, values).await?;
        for (chunk, place) in records.chunks(CHUNK).zip((0_i64..).step_by(CHUNK)) {
            let texts: Vec<_> = chunk.iter().map(Value::to_string).collect();
            let values = vec![held.id.into(), place.into(), json!(texts).to_string().into()];
            self.execute(work, records_sql(self.backend()), values).await?;
        }
        Ok(())
    }

    async fn count_held(
        &self,
        work: &mut UnitOfWork,
        dataset: Uuid,
    ) -> Result<u64, DatasetStoreError> {
        let sql = "SELECT CAST(COUNT(*) AS BIGINT) AS found FROM dataset_held \
                   WHERE dataset_id = $1 AND state = 'held'";
        let rows = self.query(work, sql, vec![dataset.into()]).await?;
        Ok(rows.first().map(|row| unsigned(row, "found")).transpose()?.unwrap_or_default())
    }

    async fn list_held(
        &self,
        dataset: Uuid,
        state: Option<HeldState>,
        after: Option<Cursor>,
        limit: u32,
    ) -> Result<Vec<HeldRow>, DatasetStoreError> {
        let mut sql = "SELECT * FROM dataset_held WHERE dataset_id = $1".to_owned();
        let mut values: Vec<sea_orm::Value> = vec![dataset.into()];
        if let Some(after) = after {
            sql.push_str(" AND (held_at, id) < ($2, $3)");
            values.extend([after.at.into(), after.id.into()]);
        }
        if let Some(state) = state {
            sql.push_str(&format!(" AND state = '{}'", state.as_str()));
        }
        sql.push_str(&format!(" ORDER BY held_at DESC, id DESC LIMIT {limit}"));
        let rows = self.read(sql, values).await?;
        rows.iter().map(held).collect()
    }

    async fn find_held(
        &self,
        dataset: Uuid,
        id: Uuid,
    ) -> Result<Option<HeldRow>, DatasetStoreError> {
        let sql = "SELECT * FROM dataset_held WHERE dataset_id = $1 AND id = $2";
        let rows = self.read(sql, vec![dataset.into(), id.into()]).await?;
        rows.first().map(held).transpose()
    }

    async fn lock_held(
        &self,
        work: &mut UnitOfWork,
        dataset: Uuid,
        id: Uuid,
    ) -> Result<Option<HeldRow>, DatasetStoreError> {
        let sql =
            format!("SELECT * FROM dataset_held WHERE dataset_id = $1 AND id = $2{}", self.lock());
        let rows = self.query(work, sql, vec![dataset.into(), id.into()]).await?;
        rows.first().map(held).transpose()
    }

    async fn held_records(
        &self,
        id: Uuid,
        from: u64,
        limit: u32,
    ) -> Result<Vec<Value>, DatasetStoreError> {
        let sql = format!(
            "SELECT data FROM dataset_held_records WHERE held_id = $1 AND place >= $2 \
             ORDER BY place LIMIT {limit}"
        );
        let (read, _) = self.read_bounded(sql, vec![id.into(), signed(from).into()], read).await?;
        Ok(read.into_iter().map(|read| read.record).collect())
    }

    async fn all_held_records(
        &self,
        work: &mut UnitOfWork,
        id: Uuid,
    ) -> Result<Vec<Value>, DatasetStoreError> {
        let sql = "SELECT data FROM dataset_held_records WHERE held_id = $1 ORDER BY place";
        let rows = self.query(work, sql, vec![id.into()]).await?;
        rows.iter().map(|row| Ok(read(row)?.record)).collect()
    }

    async fn settle_held(
        &self,
        work: &mut UnitOfWork,
        held: &HeldRow,
    ) -> Result<(), DatasetStoreError> {
        let sql = "UPDATE dataset_held SET state = $2, decided_at = $3, decided_by = $4, \
                   version = $5 WHERE id = $1";
        let values = vec![
            held.id.into(),
            held.state.as_str().into(),
            held.decided_at.map(Timestamp::micros).into(),
            held.decided_by.into(),
            held.version.map(signed).into(),
        ];
        self.execute(work, sql, values).await?;
        let sql = "DELETE FROM dataset_held_records WHERE held_id = $1";
        self.execute(work, sql, vec![held.id.into()]).await?;
        Ok(())
    }
}
