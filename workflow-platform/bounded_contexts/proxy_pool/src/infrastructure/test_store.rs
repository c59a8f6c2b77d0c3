//! Tests of pools in the database.

use std::{collections::HashSet, time::Duration};

use async_trait::async_trait;
use sea_orm::{ConnectionTrait as _, QueryResult, SqlErr, Value as SqlValue};
use serde_json::{Value, json};
use shared_kernel::{
    domain::{Owner, PageRequest, Timestamp},
    infrastructure::db::{Backend, Database},
};
use uuid::Uuid;

use super::rows::{self, bad, column, database, moment, small};
use crate::{
    application::ports::{PoolTest, StoreError, TestRow, TestStore},
    domain::{Anonymity, PoolId, ProxyId, TestId, TestState},
};

/// [`TestStore`] on SQLite or PostgreSQL.
pub struct SqlTestStore {
    database: Database,
}

impl SqlTestStore {
    pub fn new(database: Database) -> Self {
        Self { database }
    }

    async fn rows(
        &self,
        sql: &str,
        values: impl IntoIterator<Item = SqlValue>,
    ) -> Result<Vec<QueryResult>, StoreError> {
        let statement = self.database.statement(sql, values);
        self.database.read().query_all_raw(statement).await.map_err(database)
    }

    async fn changed(
        &self,
        sql: &str,
        values: impl IntoIterator<Item = SqlValue>,
    ) -> Result<bool, StoreError> {
        let statement = self.database.statement(sql, values);
        let done = self.database.write().execute_raw(statement).await.map_err(database)?;
        Ok(done.rows_affected() > 0)
    }
}

fn test(row: &QueryResult) -> Result<PoolTest, StoreError> {
    let state: String = column(row, "state")?;
    let known = TestState::ALL.into_iter().find(|one| one.as_str() == state);
    Ok(PoolTest {
        id: column::<Uuid>(row, "id")?.into(),
        pool: column::<Uuid>(row, "pool_id")?.into(),
        owner: Owner::new(column::<Uuid>(row, "owner_id")?.into()),
        state: known.ok_or_else(|| bad("state", &state))?,
        target: column(row, "target")?,
        judge: column(row, "judge")?,
        total: small(row, "total")?,
        done: small(row, "done")?,
        worked: small(row, "worked")?,
        cancel_wanted: column(row, "cancel_wanted")?,
        leased_until: Timestamp::from_micros(column(row, "leased_until")?),
        created_at: Timestamp::from_micros(column(row, "created_at")?),
        finished_at: moment(row, "finished_at")?,
    })
}

fn result(row: &QueryResult) -> Result<TestRow, StoreError> {
    let error: Option<String> = column(row, "error")?;
    let latency: Option<f64> = column(row, "latency_ms")?;
    let elapsed = Duration::try_from_secs_f64(latency.unwrap_or(0.0) / 1000.0).unwrap_or_default();
    Ok(TestRow {
        seq: small(row, "seq")?,
        proxy: column::<Uuid>(row, "proxy_id")?.into(),
        address: column(row, "address")?,
        outcome: if column(row, "worked")? { Ok(elapsed) } else { Err(error.unwrap_or_default()) },
        sight: rows::sight(row)?,
        at: Timestamp::from_micros(column(row, "at")?),
    })
}

fn result_row(row: &TestRow) -> Value {
    json!({
        "seq": row.seq,
        "proxy": row.proxy.uuid().simple().to_string(),
        "address": row.address,
        "worked": row.outcome.is_ok(),
        "latency_ms": row.outcome.as_ref().ok().map(|elapsed| elapsed.as_secs_f64() * 1000.0),
        "error": row.outcome.as_ref().err(),
        "anonymity": row.sight.anonymity.map(Anonymity::as_str),
        "exit_address": row.sight.exit_address,
        "at": row.at.micros(),
    })
}

fn results_sql(backend: Backend) -> String {
    let rows = match backend {
        Backend::Postgres => {
            "SELECT $2, d.seq, d.proxy, d.address, d.worked, d.latency_ms, d.error, d.anonymity, \
             d.exit_address, d.at FROM jsonb_to_recordset($1::jsonb) AS d(seq integer, proxy uuid, \
             address text, worked boolean, latency_ms double precision, error text, \
             anonymity text, exit_address text, at bigint)"
        }
        Backend::Sqlite => {
            "SELECT $2, value->>'seq', unhex(value->>'proxy'), value->>'address', \
             value->>'worked', value->>'latency_ms', value->>'error', value->>'anonymity', \
             value->>'exit_address', value->>'at' FROM json_each($1)"
        }
    };
    format!(
        "INSERT INTO proxy_test_results (test_id, seq, proxy_id, address, worked, latency_ms, \
         error, anonymity, exit_address, at) {rows}"
    )
}

fn number(number: u32) -> SqlValue {
    i32::try_from(number).unwrap_or(i32::MAX).into()
}

#[async_trait]
impl TestStore for SqlTestStore {
    async fn begin_test(&self, test: &PoolTest) -> Result<bool, StoreError> {
        let sql = "INSERT INTO proxy_tests (id, pool_id, owner_id, state, target, judge, total, \
                   done, worked, cancel_wanted, leased_until, created_at) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, 0, 0, FALSE, $8, $9)";
        let values = [
            test.id.into(),
            test.pool.into(),
            test.owner.into(),
            test.state.as_str().into(),
            test.target.as_str().into(),
            test.judge.clone().into(),
            number(test.total),
            test.leased_until.into(),
            test.created_at.into(),
        ];
        let statement = self.database.statement(sql, values);
        match self.database.write().execute_raw(statement).await {
            Ok(_) => Ok(true),
            Err(error) => match error.sql_err() {
                Some(SqlErr::UniqueConstraintViolation(_)) => Ok(false),
                _ => Err(database(error)),
            },
        }
    }

    async fn test(
        &self,
        owner: Owner,
        pool: PoolId,
        id: TestId,
    ) -> Result<Option<PoolTest>, StoreError> {
        let sql = "SELECT * FROM proxy_tests WHERE owner_id = $1 AND pool_id = $2 AND id = $3";
        let rows = self.rows(sql, [owner.into(), pool.into(), id.into()]).await?;
        rows.first().map(test).transpose()
    }

    async fn tests(
        &self,
        owner: Owner,
        pool: PoolId,
        page: PageRequest,
    ) -> Result<Vec<PoolTest>, StoreError> {
        let mut values: Vec<SqlValue> = vec![owner.into(), pool.into()];
        let mut sql = "SELECT * FROM proxy_tests WHERE owner_id = $1 AND pool_id = $2".to_owned();
        if let Some(after) = page.after {
            sql.push_str(" AND (created_at, id) < ($3, $4)");
            values.extend([after.at.into(), after.id.into()]);
        }
        sql.push_str(&format!(" ORDER BY created_at DESC, id DESC LIMIT {}", page.limit + 1));
        self.rows(&sql, values).await?.iter().map(test).collect()
    }

    async fn test_results(
        &self,
        id: TestId,
        after: u32,
        limit: u32,
    ) -> Result<Vec<TestRow>, StoreError> {
        let sql = format!(
            "SELECT * FROM proxy_test_results WHERE test_id = $1 AND seq > $2 ORDER BY seq \
             LIMIT {limit}"
        );
        self.rows(&sql, [id.into(), number(after)]).await?.iter().map(result).collect()
    }

    async fn tested(&self, id: TestId) -> Result<HashSet<ProxyId>, StoreError> {
        let sql = "SELECT proxy_id FROM proxy_test_results WHERE test_id = $1";
        let proxy = |row: &QueryResult| Ok(column::<Uuid>(row, "proxy_id")?.into());
        self.rows(sql, [id.into()]).await?.iter().map(proxy).collect()
    }

    async fn take_over_test(
        &self,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Option<PoolTest>, StoreError> {
        let skip = match self.database.backend() {
            Backend::Postgres => " FOR UPDATE SKIP LOCKED",
            Backend::Sqlite => "",
        };
        let sql = format!(
            "UPDATE proxy_tests SET leased_until = $2 WHERE id IN (SELECT id FROM proxy_tests \
             WHERE state = 'running' AND leased_until <= $1 ORDER BY leased_until LIMIT 1{skip}) \
             RETURNING *"
        );
        let statement = self.database.statement(sql, [now.into(), until.into()]);
        let rows = self.database.write().query_all_raw(statement).await.map_err(database)?;
        rows.first().map(test).transpose()
    }

    async fn drive_test(
        &self,
        test: &PoolTest,
        results: &[TestRow],
        until: Timestamp,
    ) -> Result<Option<bool>, StoreError> {
        let work = self.database.begin().await.map_err(database)?;
        let worked = results.iter().filter(|row| row.outcome.is_ok()).count();
        let count = |count: usize| number(u32::try_from(count).unwrap_or(u32::MAX));
        let sql = "UPDATE proxy_tests SET leased_until = $3, done = done + $4, \
                   worked = worked + $5 WHERE id = $1 AND leased_until = $2 \
                   AND state = 'running' RETURNING cancel_wanted";
        let values = [
            test.id.into(),
            test.leased_until.into(),
            until.into(),
            count(results.len()),
            count(worked),
        ];
        let statement = self.database.statement(sql, values);
        let mine = work.conn().query_all_raw(statement).await.map_err(database)?;
        let Some(row) = mine.first() else { return Ok(None) };
        let cancel = column(row, "cancel_wanted")?;
        if !results.is_empty() {
            let list: Value = results.iter().map(result_row).collect();
            let values = [list.to_string().into(), test.id.into()];
            let statement = self.database.statement(results_sql(self.database.backend()), values);
            work.conn().execute_raw(statement).await.map_err(database)?;
        }
        work.commit().await.map_err(database)?;
        Ok(Some(cancel))
    }

    async fn end_test(
        &self,
        id: TestId,
        state: TestState,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let sql = "UPDATE proxy_tests SET state = $2, finished_at = $3 \
                   WHERE id = $1 AND state = 'running'";
        self.changed(sql, [id.into(), state.as_str().into(), now.into()]).await
    }

    async fn cancel_test(
        &self,
        owner: Owner,
        pool: PoolId,
        id: TestId,
    ) -> Result<bool, StoreError> {
        let sql = "UPDATE proxy_tests SET cancel_wanted = TRUE WHERE owner_id = $1 \
                   AND pool_id = $2 AND id = $3 AND state = 'running'";
        self.changed(sql, [owner.into(), pool.into(), id.into()]).await
    }

    async fn forget_tests(&self, pool: PoolId, keep: u32) -> Result<(), StoreError> {
        let sql = format!(
            "DELETE FROM proxy_tests WHERE pool_id = $1 AND state <> 'running' AND id NOT IN \
             (SELECT id FROM proxy_tests WHERE pool_id = $1 \
             ORDER BY created_at DESC, id DESC LIMIT {keep})"
        );
        self.changed(&sql, [pool.into()]).await.map(|_| ())
    }
}
