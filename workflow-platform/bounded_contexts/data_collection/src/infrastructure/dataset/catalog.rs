//! [`Catalog`] in the database.

use async_trait::async_trait;
use sea_orm::{DbErr, QueryResult, Value as SqlValue};
use serde_json::Value;
use shared_kernel::{
    domain::{Cursor, Id, Owner, Page, PageRequest, Timestamp},
    infrastructure::db::{Backend, UnitOfWork},
};
use uuid::Uuid;

use super::{
    SqlDatasets,
    store::{signed, time, time_or_none, unsigned},
};
use crate::{
    application::dataset::ports::{Catalog, DatasetRow, DatasetStoreError},
    domain::dataset::DatasetName,
};

const COLUMNS: &str = "id, user_id, name, number, columns, settings, records, version, numbered, \
     forgotten, last_batch, index_below, retain_at, created_at, updated_at";

const DUE: &str = "(index_below IS NOT NULL OR retain_at <= $1)";

fn dataset(row: &QueryResult) -> Result<DatasetRow, DatasetStoreError> {
    let (columns, settings): (String, String) =
        (row.try_get("", "columns")?, row.try_get("", "settings")?);
    let last_batch: Option<i64> = row.try_get("", "last_batch")?;
    Ok(DatasetRow {
        id: row.try_get("", "id")?,
        owner: Owner::new(Id::from(row.try_get::<Uuid>("", "user_id")?)),
        name: row.try_get("", "name")?,
        number: row.try_get("", "number")?,
        columns: serde_json::from_str(&columns)?,
        settings: serde_json::from_str(&settings)?,
        records: unsigned(row, "records")?,
        version: unsigned(row, "version")?,
        numbered: row.try_get("", "numbered")?,
        forgotten: unsigned(row, "forgotten")?,
        last_batch: last_batch.map(i64::unsigned_abs),
        index_below: row.try_get("", "index_below")?,
        retain_at: time_or_none(row, "retain_at")?,
        created_at: time(row, "created_at")?,
        updated_at: time(row, "updated_at")?,
    })
}

/// Of all that belongs to the dataset `$1`, what is found by its id; held records first.
const PARTS: &[&str] = &[
    "DELETE FROM dataset_held_records WHERE held_id IN (SELECT id FROM dataset_held WHERE dataset_id = $1)",
    "DELETE FROM dataset_held WHERE dataset_id = $1",
    "DELETE FROM dataset_shares WHERE dataset_id = $1",
    "DELETE FROM dataset_batches WHERE dataset_id = $1",
    "DELETE FROM dataset_changes WHERE dataset_id = $1",
    "DELETE FROM dataset_versions WHERE dataset_id = $1",
    "DELETE FROM dataset_counts WHERE dataset_id = $1",
    "DELETE FROM dataset_records WHERE dataset_id = $1",
    "DELETE FROM datasets WHERE id = $1",
];

impl SqlDatasets {
    async fn one(
        &self,
        work: &UnitOfWork,
        condition: &str,
        values: Vec<SqlValue>,
    ) -> Result<Option<DatasetRow>, DatasetStoreError> {
        let sql = format!("SELECT {COLUMNS} FROM datasets WHERE {condition}");
        let rows = self.query(work, sql, values).await?;
        rows.first().map(dataset).transpose()
    }

    async fn found(
        &self,
        condition: &str,
        values: Vec<SqlValue>,
    ) -> Result<Option<DatasetRow>, DatasetStoreError> {
        let rows =
            self.read(format!("SELECT {COLUMNS} FROM datasets WHERE {condition}"), values).await?;
        rows.first().map(dataset).transpose()
    }

    fn next_number(&self) -> &'static str {
        match self.backend() {
            Backend::Postgres => "nextval('dataset_numbers')",
            Backend::Sqlite => "(SELECT COALESCE(MAX(number), 0) + 1 FROM datasets)",
        }
    }
}

#[async_trait]
impl Catalog for SqlDatasets {
    async fn hold(
        &self,
        work: &mut UnitOfWork,
        owner: Owner,
        name: &DatasetName,
        id: Uuid,
        now: Timestamp,
    ) -> Result<DatasetRow, DatasetStoreError> {
        if let Some(known) = self.hold_known(work, owner, name.as_str()).await? {
            return Ok(known);
        }
        let insert = format!(
            "INSERT INTO datasets \
             (id, user_id, name, number, columns, records, version, created_at, updated_at) \
             SELECT $1, $2, $3, {}, '[]', 0, 0, $4, $4 WHERE true \
             ON CONFLICT (user_id, name) DO NOTHING",
            self.next_number()
        );
        let values = vec![id.into(), owner.into(), name.as_str().into(), now.into()];
        self.execute(work, insert, values).await?;
        let row = self.hold_known(work, owner, name.as_str()).await?;
        row.ok_or_else(|| DbErr::RecordNotFound("dataset".to_owned()).into())
    }

    async fn hold_known(
        &self,
        work: &mut UnitOfWork,
        owner: Owner,
        name: &str,
    ) -> Result<Option<DatasetRow>, DatasetStoreError> {
        // What cannot be a name is the name of nothing.
        if name.parse::<DatasetName>().is_err() {
            return Ok(None);
        }
        let condition = format!("user_id = $1 AND name = $2{}", self.lock());
        self.one(work, &condition, vec![owner.into(), name.into()]).await
    }

    async fn any_due(&self, now: Timestamp) -> Result<bool, DatasetStoreError> {
        let sql = format!("SELECT 1 AS one FROM datasets WHERE {DUE} LIMIT 1");
        Ok(!self.read(sql, vec![now.into()]).await?.is_empty())
    }

    async fn hold_due(
        &self,
        work: &mut UnitOfWork,
        now: Timestamp,
    ) -> Result<Option<DatasetRow>, DatasetStoreError> {
        let skip = if self.backend() == Backend::Postgres { " FOR UPDATE SKIP LOCKED" } else { "" };
        self.one(work, &format!("{DUE} LIMIT 1{skip}"), vec![now.into()]).await
    }

    async fn update(
        &self,
        work: &mut UnitOfWork,
        row: &DatasetRow,
    ) -> Result<(), DatasetStoreError> {
        let sql = "UPDATE datasets SET columns = $2, settings = $3, records = $4, version = $5, \
                   numbered = $6, forgotten = $7, last_batch = $8, index_below = $9, \
                   retain_at = $10, updated_at = $11 WHERE id = $1";
        let values = vec![
            row.id.into(),
            serde_json::to_string(&row.columns)?.into(),
            serde_json::to_string(&row.settings)?.into(),
            signed(row.records).into(),
            signed(row.version).into(),
            row.numbered.into(),
            signed(row.forgotten).into(),
            row.last_batch.map(signed).into(),
            row.index_below.into(),
            row.retain_at.map(Timestamp::micros).into(),
            row.updated_at.into(),
        ];
        self.execute(work, sql, values).await?;
        Ok(())
    }

    async fn batch(
        &self,
        work: &mut UnitOfWork,
        dataset: Uuid,
        key: &str,
    ) -> Result<Option<Value>, DatasetStoreError> {
        let sql = "SELECT answer FROM dataset_batches WHERE dataset_id = $1 AND key = $2";
        let rows = self.query(work, sql, vec![dataset.into(), key.into()]).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        let answer: String = row.try_get("", "answer")?;
        Ok(Some(serde_json::from_str(&answer)?))
    }

    async fn keep_batch(
        &self,
        work: &mut UnitOfWork,
        dataset: Uuid,
        key: &str,
        answer: &Value,
        now: Timestamp,
    ) -> Result<(), DatasetStoreError> {
        let sql =
            "INSERT INTO dataset_batches (dataset_id, key, answer, at) VALUES ($1, $2, $3, $4)";
        let values = vec![dataset.into(), key.into(), answer.to_string().into(), now.into()];
        self.execute(work, sql, values).await?;
        Ok(())
    }

    async fn count_all(
        &self,
        work: &mut UnitOfWork,
        owner: Owner,
    ) -> Result<u64, DatasetStoreError> {
        if self.backend() == Backend::Postgres {
            let lock = "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))";
            self.query(work, lock, vec![format!("dataset-records:{}", owner.user()).into()])
                .await?;
        }
        let sql = "SELECT CAST(COALESCE(SUM(records), 0) AS BIGINT) AS records FROM datasets WHERE user_id = $1";
        let rows = self.query(work, sql, vec![owner.into()]).await?;
        Ok(rows.first().map(|row| unsigned(row, "records")).transpose()?.unwrap_or_default())
    }

    async fn find(
        &self,
        owner: Owner,
        name: &str,
    ) -> Result<Option<DatasetRow>, DatasetStoreError> {
        self.found("user_id = $1 AND name = $2", vec![owner.into(), name.into()]).await
    }

    async fn find_by_id(&self, id: Uuid) -> Result<Option<DatasetRow>, DatasetStoreError> {
        self.found("id = $1", vec![id.into()]).await
    }

    async fn list(
        &self,
        owner: Owner,
        page: PageRequest,
    ) -> Result<Page<DatasetRow>, DatasetStoreError> {
        let mut sql = format!("SELECT {COLUMNS} FROM datasets WHERE user_id = $1");
        let mut values: Vec<SqlValue> = vec![owner.into()];
        if let Some(after) = page.after {
            sql.push_str(" AND (created_at, id) < ($2, $3)");
            values.extend([after.at.into(), after.id.into()]);
        }
        sql.push_str(&format!(" ORDER BY created_at DESC, id DESC LIMIT {}", page.limit + 1));
        let rows = self.read(sql, values).await?;
        let rows = rows.iter().map(dataset).collect::<Result<Vec<_>, _>>()?;
        Ok(Page::cut(rows, page.limit, |row| Cursor { at: row.created_at, id: row.id }))
    }

    async fn delete(
        &self,
        work: &mut UnitOfWork,
        row: &DatasetRow,
    ) -> Result<(), DatasetStoreError> {
        let number = match self.backend() {
            Backend::Postgres => "number",
            Backend::Sqlite => "rowid",
        };
        let texts = format!(
            "DELETE FROM dataset_texts WHERE {number} IN \
             (SELECT number FROM dataset_records WHERE dataset_id = $1)"
        );
        self.execute(work, texts, vec![row.id.into()]).await?;
        for table in ["dataset_cells", "dataset_seen"] {
            let sql = format!("DELETE FROM {table} WHERE dataset = $1");
            self.execute(work, sql, vec![row.number.into()]).await?;
        }
        for part in PARTS {
            self.execute(work, *part, vec![row.id.into()]).await?;
        }
        Ok(())
    }
}
