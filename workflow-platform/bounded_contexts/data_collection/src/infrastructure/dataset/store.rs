//! [`DatasetStore`] on SQLite or PostgreSQL.

use std::collections::HashMap;

use async_trait::async_trait;
use sea_orm::{ConnectionTrait as _, DbErr, QueryResult, Value as SqlValue};
use serde_json::{Value, json};
use shared_kernel::{
    domain::{Cursor, Id, Owner, Page, PageRequest, Timestamp},
    infrastructure::db::{Backend, Database, UnitOfWork},
};
use uuid::Uuid;

use super::write::{changes_sql, known_sql, rows, upsert_sql};
use crate::{
    application::dataset::{
        DatasetRow, DatasetStore, RecordRow,
        ports::{DatasetStoreError, KnownRecord, WrittenRecord},
    },
    domain::dataset::DatasetName,
};

/// Datasets in the tables of `tables.rs`.
#[derive(Debug, Clone)]
pub struct SqlDatasets {
    database: Database,
}

const COLUMNS: &str = "id, user_id, name, columns, records, version, created_at, updated_at";

fn signed(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

fn unsigned(row: &QueryResult, column: &str) -> Result<u64, DbErr> {
    Ok(u64::try_from(row.try_get::<i64>("", column)?).unwrap_or_default())
}

fn time(row: &QueryResult, column: &str) -> Result<Timestamp, DbErr> {
    row.try_get("", column).map(Timestamp::from_micros)
}

fn dataset(row: &QueryResult) -> Result<DatasetRow, DatasetStoreError> {
    let columns: String = row.try_get("", "columns")?;
    Ok(DatasetRow {
        id: row.try_get("", "id")?,
        owner: Owner::new(Id::from(row.try_get::<Uuid>("", "user_id")?)),
        name: row.try_get("", "name")?,
        columns: serde_json::from_str(&columns)?,
        records: unsigned(row, "records")?,
        version: unsigned(row, "version")?,
        created_at: time(row, "created_at")?,
        updated_at: time(row, "updated_at")?,
    })
}

fn record(row: &QueryResult) -> Result<RecordRow, DatasetStoreError> {
    let data: String = row.try_get("", "data")?;
    Ok(RecordRow {
        id: row.try_get("", "id")?,
        key: row.try_get("", "key")?,
        data: serde_json::from_str(&data)?,
        created_at: time(row, "created_at")?,
        updated_at: time(row, "updated_at")?,
    })
}

impl SqlDatasets {
    pub fn new(database: Database) -> Self {
        Self { database }
    }

    async fn read(&self, sql: String, values: Vec<SqlValue>) -> Result<Vec<QueryResult>, DbErr> {
        self.database.read().query_all_raw(self.database.statement(sql, values)).await
    }

    async fn execute(
        &self,
        work: &UnitOfWork,
        sql: impl Into<String>,
        values: Vec<SqlValue>,
    ) -> Result<u64, DbErr> {
        let statement = self.database.statement(sql, values);
        Ok(work.conn().execute_raw(statement).await?.rows_affected())
    }

    async fn query(
        &self,
        work: &UnitOfWork,
        sql: impl Into<String>,
        values: Vec<SqlValue>,
    ) -> Result<Vec<QueryResult>, DbErr> {
        work.conn().query_all_raw(self.database.statement(sql, values)).await
    }

    /// Adds the page's cursor, order and limit to a statement that ends in a condition.
    async fn page(
        &self,
        mut sql: String,
        mut values: Vec<SqlValue>,
        page: PageRequest,
    ) -> Result<Vec<QueryResult>, DbErr> {
        if let Some(after) = page.after {
            let at = values.len() + 1;
            sql.push_str(&format!(" AND (created_at, id) < (${at}, ${})", at + 1));
            values.extend([after.at.into(), after.id.into()]);
        }
        sql.push_str(&format!(" ORDER BY created_at DESC, id DESC LIMIT {}", page.limit + 1));
        self.read(sql, values).await
    }
}

#[async_trait]
impl DatasetStore for SqlDatasets {
    async fn hold(
        &self,
        work: &mut UnitOfWork,
        owner: Owner,
        name: &DatasetName,
        id: Uuid,
        now: Timestamp,
    ) -> Result<DatasetRow, DatasetStoreError> {
        let insert = format!(
            "INSERT INTO datasets ({COLUMNS}) VALUES ($1, $2, $3, '[]', 0, 0, $4, $4) \
             ON CONFLICT (user_id, name) DO NOTHING"
        );
        let user = owner.user();
        self.execute(work, insert, vec![id.into(), user.into(), name.as_str().into(), now.into()])
            .await?;
        let lock = if work.database().backend() == Backend::Postgres { " FOR UPDATE" } else { "" };
        let select =
            format!("SELECT {COLUMNS} FROM datasets WHERE user_id = $1 AND name = $2{lock}");
        let rows = self.query(work, select, vec![user.into(), name.as_str().into()]).await?;
        let row = rows.first().ok_or_else(|| DbErr::RecordNotFound("dataset".to_owned()))?;
        dataset(row)
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
        self.execute(
            work,
            sql,
            vec![dataset.into(), key.into(), answer.to_string().into(), now.into()],
        )
        .await?;
        Ok(())
    }

    async fn known(
        &self,
        work: &mut UnitOfWork,
        dataset: Uuid,
        keys: &[&str],
    ) -> Result<HashMap<String, KnownRecord>, DatasetStoreError> {
        let sql = known_sql(work.database().backend());
        let rows =
            self.query(work, sql, vec![dataset.into(), json!(keys).to_string().into()]).await?;
        let known = |row: &QueryResult| {
            let record =
                KnownRecord { hash: row.try_get("", "hash")?, data: row.try_get("", "data")? };
            Ok((row.try_get("", "key")?, record))
        };
        rows.iter().map(known).collect::<Result<_, DbErr>>().map_err(Into::into)
    }

    async fn write(
        &self,
        work: &mut UnitOfWork,
        dataset: Uuid,
        version: u64,
        records: &[WrittenRecord<'_>],
        now: Timestamp,
    ) -> Result<(), DatasetStoreError> {
        if records.is_empty() {
            return Ok(());
        }
        let rows = rows(records).to_string();
        let values =
            || vec![dataset.into(), rows.clone().into(), signed(version).into(), now.into()];
        let backend = work.database().backend();
        self.execute(work, upsert_sql(backend), values()).await?;
        self.execute(work, changes_sql(backend), values()).await?;
        Ok(())
    }

    async fn update(
        &self,
        work: &mut UnitOfWork,
        row: &DatasetRow,
    ) -> Result<(), DatasetStoreError> {
        let sql = "UPDATE datasets SET columns = $2, records = $3, version = $4, updated_at = $5 WHERE id = $1";
        let values = vec![
            row.id.into(),
            serde_json::to_string(&row.columns)?.into(),
            signed(row.records).into(),
            signed(row.version).into(),
            row.updated_at.into(),
        ];
        self.execute(work, sql, values).await?;
        Ok(())
    }

    async fn count_all(
        &self,
        work: &mut UnitOfWork,
        owner: Owner,
    ) -> Result<u64, DatasetStoreError> {
        let sql = "SELECT CAST(COALESCE(SUM(records), 0) AS BIGINT) AS records FROM datasets WHERE user_id = $1";
        let rows = self.query(work, sql, vec![owner.user().into()]).await?;
        Ok(rows.first().map(|row| unsigned(row, "records")).transpose()?.unwrap_or_default())
    }

    async fn find(
        &self,
        owner: Owner,
        name: &str,
    ) -> Result<Option<DatasetRow>, DatasetStoreError> {
        let sql = format!("SELECT {COLUMNS} FROM datasets WHERE user_id = $1 AND name = $2");
        let rows = self.read(sql, vec![owner.user().into(), name.into()]).await?;
        rows.first().map(dataset).transpose()
    }

    async fn list(
        &self,
        owner: Owner,
        page: PageRequest,
    ) -> Result<Page<DatasetRow>, DatasetStoreError> {
        let sql = format!("SELECT {COLUMNS} FROM datasets WHERE user_id = $1");
        let rows = self.page(sql, vec![owner.user().into()], page).await?;
        let rows = rows.iter().map(dataset).collect::<Result<Vec<_>, _>>()?;
        Ok(Page::cut(rows, page.limit, |row| Cursor { at: row.created_at, id: row.id }))
    }

    async fn records(
        &self,
        dataset: Uuid,
        page: PageRequest,
    ) -> Result<Page<RecordRow>, DatasetStoreError> {
        let sql = "SELECT id, key, data, created_at, updated_at FROM dataset_records WHERE dataset_id = $1";
        let rows = self.page(sql.to_owned(), vec![dataset.into()], page).await?;
        let rows = rows.iter().map(record).collect::<Result<Vec<_>, _>>()?;
        Ok(Page::cut(rows, page.limit, |row| Cursor { at: row.created_at, id: row.id }))
    }

    async fn delete(
        &self,
        work: &mut UnitOfWork,
        owner: Owner,
        name: &str,
    ) -> Result<bool, DatasetStoreError> {
        let find = "SELECT id FROM datasets WHERE user_id = $1 AND name = $2";
        let rows = self.query(work, find, vec![owner.user().into(), name.into()]).await?;
        let Some(row) = rows.first() else { return Ok(false) };
        let id: Uuid = row.try_get("", "id")?;
        for table in ["dataset_batches", "dataset_changes", "dataset_records"] {
            self.execute(
                work,
                format!("DELETE FROM {table} WHERE dataset_id = $1"),
                vec![id.into()],
            )
            .await?;
        }
        Ok(self.execute(work, "DELETE FROM datasets WHERE id = $1", vec![id.into()]).await? > 0)
    }
}
