//! Pools and proxies in the database. Many rows go in one statement: they travel as one JSON
//! parameter, which PostgreSQL and SQLite each take apart in their own way.

mod many;

use std::{collections::HashSet, time::Duration};

use async_trait::async_trait;
use sea_orm::{ConnectionTrait as _, QueryResult, SqlErr, Value as SqlValue};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Value, json};
use shared_kernel::{
    application::ProxyAddress,
    domain::{DomainEvent, Owner, PageRequest, Timestamp},
    infrastructure::{
        db::{Database, UnitOfWork},
        reseal::SealedColumn,
        seal::Sealer,
    },
};
use tracing::warn;
use uuid::Uuid;

use many::{change_row, insert_sql, update_sql};

use super::{
    rows::{self, column, count, database},
    source_store::source_place,
};
use crate::{
    application::ports::{
        CountedPool, FoundHealth, LoadedProxy, NewProxy, PoolStore, PoolSums, ProxyChange,
        ProxyFilter, StateCounts, StoreError,
    },
    domain::{Manual, Pool, PoolId, PoolTerms, Proxy, ProxyEndpoint, ProxyId},
};

/// Each count walks its own part of `proxies_pool_state`.
const POOL: &str = "SELECT p.*, \
    (SELECT COUNT(*) FROM proxies x WHERE x.pool_id = p.id AND x.state = 'unknown') AS unknown, \
    (SELECT COUNT(*) FROM proxies x WHERE x.pool_id = p.id AND x.state = 'healthy') AS healthy, \
    (SELECT COUNT(*) FROM proxies x WHERE x.pool_id = p.id AND x.state = 'degraded') AS degraded, \
    (SELECT COUNT(*) FROM proxies x WHERE x.pool_id = p.id AND x.state = 'half_open') AS half_open, \
    (SELECT COUNT(*) FROM proxies x WHERE x.pool_id = p.id AND x.state = 'quarantined') \
    AS quarantined FROM proxy_pools p WHERE p.owner_id = $1";

/// [`PoolStore`] on SQLite or PostgreSQL.
pub struct SqlPoolStore {
    database: Database,
    sealer: Sealer,
}

/// Where a password stands, for the seal.
pub(super) fn place(proxy: ProxyId) -> String {
    format!("proxies/{proxy}/password")
}

/// Passwords of proxies and addresses of lists, for another key.
pub fn sealed_columns() -> [SealedColumn; 2] {
    [
        SealedColumn {
            table: "proxies",
            column: "sealed_password",
            named_by: &[],
            condition: "TRUE",
            place: |row| Ok(place(row.try_get::<Uuid>("", "id")?.into())),
        },
        SealedColumn {
            table: "proxy_sources",
            column: "sealed_url",
            named_by: &[],
            condition: "TRUE",
            place: |row| Ok(source_place(row.try_get::<Uuid>("", "id")?.into())),
        },
    ]
}

impl SqlPoolStore {
    pub fn new(database: Database, sealer: Sealer) -> Self {
        Self { database, sealer }
    }

    pub(super) fn database(&self) -> &Database {
        &self.database
    }

    pub(super) fn sealer(&self) -> &Sealer {
        &self.sealer
    }

    pub(super) async fn rows(
        &self,
        sql: impl Into<String>,
        values: impl IntoIterator<Item = SqlValue>,
    ) -> Result<Vec<QueryResult>, StoreError> {
        let statement = self.database.statement(sql, values);
        self.database.read().query_all_raw(statement).await.map_err(database)
    }

    /// Rows of `sql` (which ends in a condition) after the page's cursor, newest first.
    pub(super) async fn page(
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

    /// Does what the statement says to one proxy, and lets every process load the list anew.
    async fn change_list(
        &self,
        pool: PoolId,
        sql: &str,
        values: impl IntoIterator<Item = SqlValue>,
    ) -> Result<bool, StoreError> {
        let work = self.database.begin().await.map_err(database)?;
        let statement = self.database.statement(sql, values);
        let done = work.conn().execute_raw(statement).await.map_err(database)?;
        if done.rows_affected() == 0 {
            return Ok(false);
        }
        self.list_changed(&work, pool).await?;
        work.commit().await.map_err(database)?;
        Ok(true)
    }

    pub(super) async fn list_changed(
        &self,
        work: &UnitOfWork,
        pool: PoolId,
    ) -> Result<(), StoreError> {
        let sql = "UPDATE proxy_pools SET list_version = list_version + 1 WHERE id = $1";
        let statement = self.database.statement(sql, [pool.into()]);
        work.conn().execute_raw(statement).await.map(|_| ()).map_err(database)
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
            "source": proxy.source.map(|source| source.uuid().simple().to_string()),
            "check_at": proxy.check_at.micros(),
        }))
    }

    pub(super) fn loaded(&self, row: &QueryResult) -> Result<Option<LoadedProxy>, StoreError> {
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
        Ok(Some(LoadedProxy { id, address, manual: rows::manual(row)?, health, latency_ms }))
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
}

#[async_trait]
impl PoolStore for SqlPoolStore {
    async fn insert_pool(&self, pool: &Pool) -> Result<(), StoreError> {
        let statement = self.database.statement(
            "INSERT INTO proxy_pools (id, owner_id, created_at, name, strategy, parallel_limit, \
             test_target, judge, sticky_seconds, sticky_uses, check_seconds) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
            [pool.id.into(), pool.owner.into(), pool.created_at.into()]
                .into_iter()
                .chain(terms_of(pool)),
        );
        self.database.write().execute_raw(statement).await.map(|_| ()).map_err(taken)
    }

    async fn update_pool(&self, pool: &Pool) -> Result<bool, StoreError> {
        let statement = self.database.statement(
            "UPDATE proxy_pools SET name = $3, strategy = $4, parallel_limit = $5, \
             test_target = $6, judge = $7, sticky_seconds = $8, sticky_uses = $9, \
             check_seconds = $10 WHERE owner_id = $1 AND id = $2",
            [pool.owner.into(), pool.id.into()].into_iter().chain(terms_of(pool)),
        );
        let done = self.database.write().execute_raw(statement).await.map_err(taken)?;
        Ok(done.rows_affected() > 0)
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
        let work = self.database.begin().await.map_err(database)?;
        let done = work.conn().execute_raw(statement).await.map_err(database)?;
        self.list_changed(&work, pool).await?;
        work.commit().await.map_err(database)?;
        Ok(done.rows_affected())
    }

    async fn proxies(
        &self,
        owner: Owner,
        pool: PoolId,
        filter: &ProxyFilter,
        page: PageRequest,
    ) -> Result<Vec<Proxy>, StoreError> {
        let mut sql = "SELECT * FROM proxies WHERE owner_id = $1 AND pool_id = $2".to_owned();
        let mut values: Vec<SqlValue> = vec![owner.into(), pool.into()];
        if let Some(state) = &filter.state {
            values.push(state.as_str().into());
            sql.push_str(&format!(" AND state = ${}", values.len()));
        }
        if let Some(enabled) = filter.enabled {
            values.push(enabled.into());
            sql.push_str(&format!(" AND enabled = ${}", values.len()));
        }
        if let Some(search) = &filter.search {
            values.push(like(search).into());
            let at = values.len();
            sql.push_str(&format!(
                " AND (host LIKE ${at} ESCAPE '!' OR label LIKE ${at} ESCAPE '!')"
            ));
        }
        self.page(&sql, values, page).await?.iter().map(rows::proxy).collect()
    }

    async fn proxy(
        &self,
        owner: Owner,
        pool: PoolId,
        id: ProxyId,
    ) -> Result<Option<Proxy>, StoreError> {
        let sql = "SELECT * FROM proxies WHERE owner_id = $1 AND pool_id = $2 AND id = $3";
        let rows = self.rows(sql, [owner.into(), pool.into(), id.into()]).await?;
        rows.first().map(rows::proxy).transpose()
    }

    async fn update_proxy(
        &self,
        owner: Owner,
        pool: PoolId,
        id: ProxyId,
        manual: &Manual,
    ) -> Result<bool, StoreError> {
        let sql = "UPDATE proxies SET enabled = $4, cost = $5, label = $6 \
                   WHERE owner_id = $1 AND pool_id = $2 AND id = $3";
        let values = [
            owner.into(),
            pool.into(),
            id.into(),
            manual.enabled.into(),
            manual.cost.into(),
            manual.label.clone().into(),
        ];
        self.change_list(pool, sql, values).await
    }

    async fn remove_proxy(
        &self,
        owner: Owner,
        pool: PoolId,
        id: ProxyId,
    ) -> Result<bool, StoreError> {
        let sql = "DELETE FROM proxies WHERE owner_id = $1 AND pool_id = $2 AND id = $3";
        self.change_list(pool, sql, [owner.into(), pool.into(), id.into()]).await
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
        let sql = "SELECT id, scheme, host, port, username, sealed_password, state, enabled, \
                   label, cost, failures_in_row, strikes, cool_down_until, latency_ms \
                   FROM proxies WHERE owner_id = $1 AND pool_id = $2 ORDER BY id";
        let rows = self.rows(sql, [owner.into(), pool.into()]).await?;
        rows.iter().filter_map(|row| self.loaded(row).transpose()).collect()
    }

    async fn load_changed(
        &self,
        pool: PoolId,
        since: Timestamp,
    ) -> Result<Vec<FoundHealth>, StoreError> {
        let sql = "SELECT id, state, failures_in_row, strikes, cool_down_until, latency_ms \
                   FROM proxies WHERE pool_id = $1 AND changed_at >= $2";
        let found = |row: &QueryResult| {
            Ok(FoundHealth {
                id: column::<Uuid>(row, "id")?.into(),
                health: rows::health(row)?,
                latency_ms: column(row, "latency_ms")?,
            })
        };
        self.rows(sql, [pool.into(), since.into()]).await?.iter().map(found).collect()
    }

    async fn save(
        &self,
        changes: &[ProxyChange],
        events: &[DomainEvent],
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let list: Vec<Value> = changes.iter().map(change_row).collect();
        let mut work = self.database.begin().await.map_err(database)?;
        let values = [Value::from(list).to_string().into(), now.into()];
        let statement = self.database.statement(update_sql(self.database.backend()), values);
        work.conn().execute_raw(statement).await.map_err(database)?;
        for event in events {
            work.record(event).await.map_err(database)?;
        }
        work.commit().await.map_err(database)
    }
}

/// Name and terms in the order of their columns.
fn terms_of(pool: &Pool) -> [SqlValue; 8] {
    let PoolTerms { strategy, parallel_limit, test_target, judge, sticky, check_every } =
        &pool.terms;
    let seconds = |time: Duration| i32::try_from(time.as_secs()).unwrap_or(i32::MAX);
    let whole = |number: u32| i32::try_from(number).unwrap_or(i32::MAX);
    [
        pool.name.as_str().into(),
        strategy.as_str().into(),
        whole(*parallel_limit).into(),
        test_target.clone().into(),
        judge.clone().into(),
        seconds(sticky.ttl).into(),
        sticky.uses.map(whole).into(),
        check_every.map(seconds).into(),
    ]
}

fn taken(error: sea_orm::DbErr) -> StoreError {
    match error.sql_err() {
        Some(SqlErr::UniqueConstraintViolation(_)) => StoreError::NameTaken,
        _ => database(error),
    }
}

/// A pattern for text that contains this one.
fn like(text: &str) -> String {
    let escaped = text.replace('!', "!!").replace('%', "!%").replace('_', "!_");
    format!("%{escaped}%")
}

fn counted(row: &QueryResult) -> Result<CountedPool, StoreError> {
    let states = StateCounts {
        unknown: count(row, "unknown")?,
        healthy: count(row, "healthy")?,
        degraded: count(row, "degraded")?,
        half_open: count(row, "half_open")?,
        quarantined: count(row, "quarantined")?,
    };
    Ok(CountedPool { pool: rows::pool(row)?, states })
}
