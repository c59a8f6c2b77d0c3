//! The store of datasets on SQLite or PostgreSQL: the tables of `tables.rs` and `index_tables.rs`.

use futures::TryStreamExt as _;
use sea_orm::{ConnectionTrait as _, DbErr, QueryResult, StreamTrait as _, Value as SqlValue};
use serde_json::{Map, Value};
use shared_kernel::{
    domain::Timestamp,
    infrastructure::db::{Backend, Database, UnitOfWork},
};

use crate::application::dataset::ports::DatasetStoreError;

/// Bytes of records after which a page ends early.
const PAGE_BYTES: usize = 4 * 1024 * 1024;

/// Datasets in the database.
#[derive(Debug, Clone)]
pub struct SqlDatasets {
    pub(super) database: Database,
}

/// What a row takes, in bytes of its JSON text.
pub(super) trait Weighed {
    fn bytes(&self) -> usize;
}

pub(super) fn signed(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

pub(super) fn unsigned(row: &QueryResult, column: &str) -> Result<u64, DbErr> {
    Ok(u64::try_from(row.try_get::<i64>("", column)?).unwrap_or_default())
}

pub(super) fn time(row: &QueryResult, column: &str) -> Result<Timestamp, DbErr> {
    row.try_get("", column).map(Timestamp::from_micros)
}

pub(super) fn time_or_none(row: &QueryResult, column: &str) -> Result<Option<Timestamp>, DbErr> {
    let micros: Option<i64> = row.try_get("", column)?;
    Ok(micros.map(Timestamp::from_micros))
}

/// A record's JSON text.
pub(super) fn data(text: &str) -> Result<Map<String, Value>, DatasetStoreError> {
    Ok(serde_json::from_str(text)?)
}

impl SqlDatasets {
    pub fn new(database: Database) -> Self {
        Self { database }
    }

    pub(super) fn backend(&self) -> Backend {
        self.database.backend()
    }

    pub(super) async fn read(
        &self,
        sql: impl Into<String>,
        values: Vec<SqlValue>,
    ) -> Result<Vec<QueryResult>, DbErr> {
        self.database.read().query_all_raw(self.database.statement(sql, values)).await
    }

    /// Rows until they are large, and whether these are all: the connection hands over a few at a
    /// time, and the rest is let go.
    pub(super) async fn read_bounded<T: Weighed>(
        &self,
        sql: String,
        values: Vec<SqlValue>,
        make: impl Fn(&QueryResult) -> Result<T, DatasetStoreError>,
    ) -> Result<(Vec<T>, bool), DatasetStoreError> {
        let statement = self.database.statement(sql, values);
        let mut rows = self.database.read().stream_raw(statement).await?;
        let (mut found, mut bytes) = (Vec::new(), 0);
        while bytes < PAGE_BYTES {
            let Some(row) = rows.try_next().await? else { return Ok((found, true)) };
            let made = make(&row)?;
            bytes += made.bytes();
            found.push(made);
        }
        Ok((found, false))
    }

    pub(super) async fn execute(
        &self,
        work: &UnitOfWork,
        sql: impl Into<String>,
        values: Vec<SqlValue>,
    ) -> Result<u64, DbErr> {
        let statement = self.database.statement(sql, values);
        Ok(work.conn().execute_raw(statement).await?.rows_affected())
    }

    pub(super) async fn query(
        &self,
        work: &UnitOfWork,
        sql: impl Into<String>,
        values: Vec<SqlValue>,
    ) -> Result<Vec<QueryResult>, DbErr> {
        work.conn().query_all_raw(self.database.statement(sql, values)).await
    }

    /// Holds rows against others on PostgreSQL; on SQLite the transaction does.
    pub(super) fn lock(&self) -> &'static str {
        if self.backend() == Backend::Postgres { " FOR UPDATE" } else { "" }
    }
}
