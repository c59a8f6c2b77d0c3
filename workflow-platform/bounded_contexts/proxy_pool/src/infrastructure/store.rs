//! Pools and proxies in the database. Many rows go in one statement: they travel as one JSON
//! parameter, which PostgreSQL and SQLite each take apart in their own way.

use std::collections::HashSet;

use async_trait::async_trait;
use sea_orm::{ConnectionTrait as _, QueryResult, SqlErr, Value as SqlValue};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Value, json};
use shared_kernel::{
    application::ProxyAddress,
    domain::{DomainEvent, Owner, PageRequest, Timestamp},
    infrastructure::{
        db::{Backend, Database},
        reseal::SealedColumn,
        seal::Sealer,
    },
};
use tracing::warn;
use uuid::Uuid;

use super::rows::{self, column, count, database, signed};
use crate::{
    application::ports::{
        CountedPool, LoadedProxy, NewProxy, PoolStore, PoolSums, ProxyChange, StoreError,
    },
    domain::{Pool, PoolId, Proxy, ProxyEndpoint, ProxyId},
};

const POOL: &str = "SELECT p.*, (SELECT COUNT(*) FROM proxies x WHERE x.pool_id = p.id) AS proxies \
                    FROM proxy_pools p WHERE p.owner_id = $1";

/// [`PoolStore`] on SQLite or PostgreSQL.
pub struct SqlPoolStore {
    database: Database,
    sealer: Sealer,
}

/// Where a password stands, for the seal.
fn place(proxy: ProxyId) -> String {
    format!("proxies/{proxy}/password")
}

/// Passwords of proxies, for another key.
pub fn sealed_columns() -> [SealedColumn; 1] {
    [SealedColumn {
        table: "proxies",
        column: "sealed_password",
        named_by: &[],
        condition: "TRUE",
        place: |row| Ok(place(row.try_get::<Uuid>("", "id")?.into())),
    }]
}

impl SqlPoolStore {
    pub fn new(database: Database, sealer: Sealer) -> Self {
        Self { database, sealer }
    }

    async fn rows(
        &self,
        sql: impl Into<String>,
        values: impl IntoIterator<Item = SqlValue>,
    ) -> Result<Vec<QueryResult>, StoreError> {
        let statement = self.database.statement(sql, values);
        self.database.read().query_all_raw(statement).await.map_err(database)
    }

    /// Rows of `sql` (which ends in a condition) after the page's cursor, newest first.
    async fn page(
        &self,
        sql: &str,
        mut values: Vec<SqlValue>,
        page: PageRequest,
    ) -> Result<Vec<QueryResult>, StoreError> {
        let mut sql = sql.to_owned();
        if let Some(after) = page.after {
            let at = values.len() + 1;
            sql.push_str(&format!(" AND (created_at, id) < (${at}, ${})", at + 1));
            values.extend([after.at.into(), after.id.into()]);
        }
        sql.push_str(&format!(" ORDER BY created_at DESC, id DESC LIMIT {}", page.limit + 1));
        self.rows(sql, values).await
    }

    fn row_of(&self, proxy: &NewProxy) -> Result<Value, StoreError> {
        let seal = |password: &SecretString| {
            self.sealer
                .seal(&place(proxy.id), password.expose_secret().as_bytes())
                .map_err(|error| StoreError::Seal(Box::new(error)))
        };
        Ok(json!({
            "id": proxy.id.uuid().simple().to_string(),
            "scheme": proxy.endpoint.scheme.as_str(),
            "host": proxy.endpoint.host,
            "port": proxy.endpoint.port,
            "username": proxy.endpoint.username,
            "password": proxy.password.as_ref().map(seal).transpose()?,
        }))
    }

    fn loaded(&self, row: &QueryResult) -> Result<Option<LoadedProxy>, StoreError> {
        let id = ProxyId::from(column::<Uuid>(row, "id")?);
        let ProxyEndpoint { scheme, host, port, username } = rows::endpoint(row)?;
        let credentials = match column::<Option<String>>(row, "sealed_password")? {
            None if username.is_empty() => None,
            None => Some((username, SecretString::from(""))),
            Some(sealed) => match self.opened(id, &sealed) {
                Some(password) => Some((username, password)),
                None => return Ok(None),
            },
        };
        let address = ProxyAddress { scheme, host, port, credentials };
        let (health, latency_ms) = (rows::health(row)?, column(row, "latency_ms")?);
        Ok(Some(LoadedProxy { id, address, health, latency_ms }))
    }

    fn opened(&self, id: ProxyId, sealed: &str) -> Option<SecretString> {
        let opened = self
            .sealer
            .open(&place(id), sealed)
            .ok()
            .and_then(|bytes| String::from_utf8(bytes).ok());
        if opened.is_none() {
            warn!(proxy.id = %id, "password of proxy {id} cannot be opened, the proxy is left out");
        }
        opened.map(SecretString::from)
    }

    fn change_row(change: &ProxyChange) -> Value {
        let (state, failures_in_row, strikes, until) = rows::health_columns(change.health);
        json!({
            "id": change.id.uuid().simple().to_string(),
            "state": state,
            "failures_in_row": failures_in_row,
            "strikes": strikes,
            "cool_down_until": until,
            "requests": change.usage.requests,
            "successes": change.usage.successes,
            "failures": change.usage.failures,
            "bytes": signed(change.usage.bytes),
            "latency_ms": change.latency_ms,
            "last_error": change.last_error,
            "last_used_at": change.last_used_at.map(Timestamp::micros),
        })
    }
}

const INSERT_HEAD: &str = "INSERT INTO proxies (id, pool_id, owner_id, scheme, host, port, username, \
    sealed_password, state, failures_in_row, strikes, created_at) ";

fn insert_sql(backend: Backend) -> String {
    let tail = match backend {
        Backend::Postgres => {
            "SELECT d.id, $2, $3, d.scheme, d.host, d.port, d.username, d.password, 'unknown', 0, 0, $4 \
             FROM jsonb_to_recordset($1::jsonb) AS d(id uuid, scheme text, host text, port integer, \
             username text, password text) ON CONFLICT DO NOTHING"
        }
        Backend::Sqlite => {
            "SELECT unhex(d.value->>'id'), $2, $3, d.value->>'scheme', d.value->>'host', \
             d.value->>'port', d.value->>'username', d.value->>'password', 'unknown', 0, 0, $4 \
             FROM json_each($1) AS d WHERE true ON CONFLICT DO NOTHING"
        }
    };
    format!("{INSERT_HEAD}{tail}")
}

/// Sets state and latency, adds counts.
fn update_sql(backend: Backend) -> String {
    let news = match backend {
        Backend::Postgres => {
            "jsonb_to_recordset($1::jsonb) AS d(id uuid, state text, failures_in_row integer, \
             strikes integer, cool_down_until bigint, requests bigint, successes bigint, \
             failures bigint, bytes bigint, latency_ms double precision, last_error text, \
             last_used_at bigint)"
        }
        Backend::Sqlite => {
            "(SELECT unhex(value->>'id') AS id, value->>'state' AS state, \
             value->>'failures_in_row' AS failures_in_row, value->>'strikes' AS strikes, \
             value->>'cool_down_until' AS cool_down_until, value->>'requests' AS requests, \
             value->>'successes' AS successes, value->>'failures' AS failures, \
             value->>'bytes' AS bytes, value->>'latency_ms' AS latency_ms, \
             value->>'last_error' AS last_error, value->>'last_used_at' AS last_used_at \
             FROM json_each($1)) AS d"
        }
    };
    format!(
        "UPDATE proxies SET state = d.state, failures_in_row = d.failures_in_row, \
         strikes = d.strikes, cool_down_until = d.cool_down_until, \
         requests = proxies.requests + d.requests, successes = proxies.successes + d.successes, \
         failures = proxies.failures + d.failures, bytes = proxies.bytes + d.bytes, \
         latency_ms = d.latency_ms, last_error = COALESCE(d.last_error, proxies.last_error), \
         last_used_at = COALESCE(d.last_used_at, proxies.last_used_at) \
         FROM {news} WHERE proxies.id = d.id"
    )
}

#[async_trait]
impl PoolStore for SqlPoolStore {
    async fn insert_pool(&self, pool: &Pool) -> Result<(), StoreError> {
        let statement = self.database.statement(
            "INSERT INTO proxy_pools (id, owner_id, name, strategy, parallel_limit, created_at) \
             VALUES ($1, $2, $3, $4, $5, $6)",
            [
                pool.id.into(),
                pool.owner.into(),
                pool.name.as_str().into(),
                pool.strategy.as_str().into(),
                i32::try_from(pool.parallel_limit).unwrap_or(i32::MAX).into(),
                pool.created_at.into(),
            ],
        );
        match self.database.write().execute_raw(statement).await {
            Ok(_) => Ok(()),
            Err(error) => match error.sql_err() {
                Some(SqlErr::UniqueConstraintViolation(_)) => Err(StoreError::NameTaken),
                _ => Err(database(error)),
            },
        }
    }

    async fn pools(&self, owner: Owner, page: PageRequest) -> Result<Vec<CountedPool>, StoreError> {
        let rows = self.page(POOL, vec![owner.into()], page).await?;
        rows.iter().map(counted).collect()
    }

    async fn pool(&self, owner: Owner, id: PoolId) -> Result<Option<CountedPool>, StoreError> {
        let rows = self.rows(format!("{POOL} AND p.id = $2"), [owner.into(), id.into()]).await?;
        rows.first().map(counted).transpose()
    }

    async fn find_pool(&self, owner: Owner, reference: &str) -> Result<Option<Pool>, StoreError> {
        let (condition, value): (_, SqlValue) = match reference.parse::<PoolId>() {
            Ok(id) => ("id", id.into()),
            Err(_) => ("name", reference.into()),
        };
        let sql = format!("SELECT * FROM proxy_pools WHERE owner_id = $1 AND {condition} = $2");
        self.rows(sql, [owner.into(), value]).await?.first().map(rows::pool).transpose()
    }

    async fn delete_pool(&self, owner: Owner, id: PoolId) -> Result<bool, StoreError> {
        let sql = "DELETE FROM proxy_pools WHERE owner_id = $1 AND id = $2";
        let statement = self.database.statement(sql, [owner.into(), id.into()]);
        let done = self.database.write().execute_raw(statement).await.map_err(database)?;
        Ok(done.rows_affected() > 0)
    }

    async fn count_proxies(&self, owner: Owner) -> Result<u64, StoreError> {
        let sql = "SELECT COUNT(*) AS proxies FROM proxies WHERE owner_id = $1";
        let rows = self.rows(sql, [owner.into()]).await?;
        rows.first().map_or(Ok(0), |row| count(row, "proxies"))
    }

    async fn endpoints(
        &self,
        owner: Owner,
        pool: PoolId,
    ) -> Result<HashSet<ProxyEndpoint>, StoreError> {
        let sql = "SELECT scheme, host, port, username FROM proxies \
                   WHERE owner_id = $1 AND pool_id = $2";
        self.rows(sql, [owner.into(), pool.into()]).await?.iter().map(rows::endpoint).collect()
    }

    async fn add_proxies(
        &self,
        owner: Owner,
        pool: PoolId,
        proxies: &[NewProxy],
        now: Timestamp,
    ) -> Result<u64, StoreError> {
        let list: Vec<Value> =
            proxies.iter().map(|proxy| self.row_of(proxy)).collect::<Result<_, _>>()?;
        let statement = self.database.statement(
            insert_sql(self.database.backend()),
            [Value::from(list).to_string().into(), pool.into(), owner.into(), now.into()],
        );
        let done = self.database.write().execute_raw(statement).await.map_err(database)?;
        Ok(done.rows_affected())
    }

    async fn proxies(
        &self,
        owner: Owner,
        pool: PoolId,
        page: PageRequest,
    ) -> Result<Vec<Proxy>, StoreError> {
        let sql = "SELECT * FROM proxies WHERE owner_id = $1 AND pool_id = $2";
        let rows = self.page(sql, vec![owner.into(), pool.into()], page).await?;
        rows.iter().map(rows::proxy).collect()
    }

    async fn sums(&self, owner: Owner, pool: PoolId) -> Result<PoolSums, StoreError> {
        let sql = "SELECT state, COUNT(*) AS proxies, CAST(SUM(requests) AS BIGINT) AS requests, \
                   CAST(SUM(successes) AS BIGINT) AS successes, \
                   CAST(SUM(failures) AS BIGINT) AS failures, CAST(SUM(bytes) AS BIGINT) AS bytes \
                   FROM proxies WHERE owner_id = $1 AND pool_id = $2 GROUP BY state ORDER BY state";
        let mut sums = PoolSums::default();
        for row in self.rows(sql, [owner.into(), pool.into()]).await? {
            let proxies = count(&row, "proxies")?;
            sums.total += proxies;
            sums.by_state.push((column(&row, "state")?, proxies));
            sums.requests += count(&row, "requests")?;
            sums.successes += count(&row, "successes")?;
            sums.failures += count(&row, "failures")?;
            sums.bytes += count(&row, "bytes")?;
        }
        Ok(sums)
    }

    async fn load(&self, owner: Owner, pool: PoolId) -> Result<Vec<LoadedProxy>, StoreError> {
        let sql = "SELECT id, scheme, host, port, username, sealed_password, state, \
                   failures_in_row, strikes, cool_down_until, latency_ms \
                   FROM proxies WHERE owner_id = $1 AND pool_id = $2 ORDER BY id";
        let rows = self.rows(sql, [owner.into(), pool.into()]).await?;
        rows.iter().filter_map(|row| self.loaded(row).transpose()).collect()
    }

    async fn save(
        &self,
        changes: &[ProxyChange],
        events: &[DomainEvent],
    ) -> Result<(), StoreError> {
        let list: Vec<Value> = changes.iter().map(Self::change_row).collect();
        let mut work = self.database.begin().await.map_err(database)?;
        let statement = self
            .database
            .statement(update_sql(self.database.backend()), [Value::from(list).to_string().into()]);
        work.conn().execute_raw(statement).await.map_err(database)?;
        for event in events {
            work.record(event).await.map_err(database)?;
        }
        work.commit().await.map_err(database)
    }
}

fn counted(row: &QueryResult) -> Result<CountedPool, StoreError> {
    Ok(CountedPool { pool: rows::pool(row)?, proxies: count(row, "proxies")? })
}
