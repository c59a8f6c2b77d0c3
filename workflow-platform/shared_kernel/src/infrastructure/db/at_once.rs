//! A transaction in one trip to the database.

use std::sync::Arc;

use sea_orm::{ConnectionTrait as _, DbErr, QueryResult, RuntimeErr, Value, sqlx};
use sea_query_sqlx::SqlxValues;

use super::{Backend, Database, Recordable, audit_insert, audit_rows, outbox_insert, told::Kinds};

/// What is to become real as a whole.
#[derive(Debug, Default)]
pub struct AtOnce {
    /// On PostgreSQL one statement, with a CTE for each of its parts. On SQLite any number of
    /// them, separated by semicolons; each may use every parameter by its number.
    pub sql: String,
    pub values: Vec<Value>,
    /// Kinds of events that are written into the outbox.
    pub(super) told: Kinds,
}

impl AtOnce {
    /// Of statements that write no events.
    pub fn new(sql: String, values: Vec<Value>) -> Self {
        Self { sql, values, told: Kinds::default() }
    }

    /// Adds a parameter and answers how the SQL calls it.
    pub fn bind(&mut self, value: impl Into<Value>) -> String {
        self.values.push(value.into());
        format!("${}", self.values.len())
    }

    /// Whoever handles such events is to look into the outbox after the commit.
    pub fn tell(&mut self, kind: &str) {
        self.told.add(kind);
    }

    /// Takes statements as its parts.
    pub fn put_together(&mut self, backend: Backend, parts: &[String]) {
        self.sql = match backend {
            Backend::Sqlite => parts.join("; "),
            Backend::Postgres => {
                let named = parts.iter().enumerate();
                let named: Vec<_> =
                    named.map(|(at, part)| format!("part{at} AS ({part})")).collect();
                format!("WITH {} SELECT", named.join(", "))
            }
        };
    }

    /// Binds events, and gives the statements that write them into the outbox, and their lines
    /// into the audit log.
    pub fn record<R: Recordable>(&mut self, backend: Backend, all: &[R]) -> Vec<String> {
        let entries: Vec<_> = all.iter().filter_map(Recordable::entry).collect();
        let mut parts = Vec::new();
        if !all.is_empty() {
            parts.push(outbox_insert(backend, self, all.iter().map(Recordable::event)));
        }
        if !entries.is_empty() {
            let entries = self.bind(audit_rows(entries));
            parts.push(audit_insert(backend, &entries));
        }
        parts
    }
}

impl Database {
    /// Writes all of it or nothing, and gives the rows that came back. What a
    /// [`super::UnitOfWork`] needs a trip for each statement for, this does in one.
    pub async fn at_once(&self, work: AtOnce) -> Result<Vec<QueryResult>, DbErr> {
        let AtOnce { sql, values, told } = work;
        let rows = match self.backend() {
            Backend::Postgres => self.write().query_all_raw(self.statement(sql, values)).await?,
            Backend::Sqlite => self.sqlite_at_once(sql, values).await?,
        };
        self.outbox_changed(&told);
        Ok(rows)
    }

    /// In a task of its own: a caller who goes away must not leave the one writing connection
    /// inside a transaction.
    async fn sqlite_at_once(
        &self,
        sql: String,
        values: Vec<Value>,
    ) -> Result<Vec<QueryResult>, DbErr> {
        let sql = format!("BEGIN IMMEDIATE; {sql}; COMMIT");
        let pool = self.write().get_sqlite_connection_pool().clone();
        let work = tokio::spawn(async move {
            let mut connection = pool.acquire().await?;
            let query = sqlx::query_with(
                sqlx::AssertSqlSafe(sql),
                SqlxValues(sea_orm::sea_query::Values(values)),
            );
            let done = query.fetch_all(&mut *connection).await;
            if done.is_err() {
                sqlx::query("ROLLBACK").execute(&mut *connection).await?;
            }
            done
        });
        let rows = work.await.map_err(|error| DbErr::Custom(error.to_string()))?;
        let failed = |error| DbErr::Query(RuntimeErr::SqlxError(Arc::new(error)));
        Ok(rows.map_err(failed)?.into_iter().map(QueryResult::from).collect())
    }
}
