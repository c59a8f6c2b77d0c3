//! What is known of hosts, in the database.

use std::collections::HashMap;

use async_trait::async_trait;
use sea_orm::{ConnectionTrait as _, QueryResult, Value as SqlValue};
use serde_json::{Value, json};
use shared_kernel::{
    domain::{Owner, PageRequest, Timestamp},
    infrastructure::db::{Backend, Database, UnitOfWork},
};
use uuid::Uuid;

use super::rows::{self, breaker_columns, column, database};
use crate::{
    application::ports::{HostStore, HostSums, PairRow, StoreError},
    domain::{HostId, HostNews, Pair, PoolId, ProxyId, StoredHost, Tally},
};

/// Pairs of one host that are loaded.
const MOST_PAIRS: usize = 10_000;
/// Hosts forgotten in one statement.
const FORGOTTEN: usize = 500;

/// [`HostStore`] on SQLite or PostgreSQL.
pub struct SqlHostStore {
    database: Database,
}

/// Sums over the proxies of each host of pool `$2`; `$3` is now.
const SUMS: &str = "(SELECT host_id, COUNT(*) AS proxies, \
     CAST(SUM(CASE WHEN pause_until > $3 THEN 1 ELSE 0 END) AS BIGINT) AS resting, \
     CAST(SUM(requests) AS BIGINT) AS requests, CAST(SUM(successes) AS BIGINT) AS successes, \
     CAST(SUM(failures) AS BIGINT) AS failures, CAST(SUM(refused) AS BIGINT) AS refused, \
     AVG(latency_ms) AS mean_ms FROM proxy_host_pairs WHERE host_id IN \
     (SELECT id FROM proxy_hosts WHERE pool_id = $2) GROUP BY host_id)";

type KnownHost = (StoredHost, Vec<(ProxyId, Pair)>);

impl SqlHostStore {
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

    async fn write_hosts(
        &self,
        work: &UnitOfWork,
        pool: PoolId,
        news: &[HostNews],
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let list: Vec<Value> = news.iter().map(host_row).collect();
        let values = [Value::from(list).to_string().into(), pool.into(), now.into()];
        let statement = self.database.statement(hosts_sql(self.database.backend()), values);
        work.conn().execute_raw(statement).await.map(|_| ()).map_err(database)
    }

    /// What stands there of the pairs, locked until the transaction ends.
    async fn stored_pairs(
        &self,
        work: &UnitOfWork,
        keys: &str,
    ) -> Result<HashMap<(Uuid, Uuid), Pair>, StoreError> {
        let sql = stored_sql(self.database.backend());
        let statement = self.database.statement(sql, [keys.into()]);
        let rows = work.conn().query_all_raw(statement).await.map_err(database)?;
        let known = |row: &QueryResult| {
            let key = (column(row, "host_id")?, column(row, "proxy_id")?);
            Ok((key, rows::pair(row)?))
        };
        rows.iter().map(known).collect()
    }

    async fn write_pairs(
        &self,
        work: &UnitOfWork,
        news: &[HostNews],
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut fresh: Vec<(Uuid, Uuid, &Pair)> = news
            .iter()
            .flat_map(|host| host.pairs.iter().map(|(id, pair)| (host.id.uuid(), id.uuid(), pair)))
            .collect();
        if fresh.is_empty() {
            return Ok(());
        }
        // everybody locks in the same order
        fresh.sort_by_key(|(host, proxy, _)| (*host, *proxy));
        let hex = |id: &Uuid| id.simple().to_string();
        let key = |(host, proxy, _): &(Uuid, Uuid, &Pair)| json!({ "host": hex(host), "proxy": hex(proxy) });
        let keys: Value = fresh.iter().map(key).collect();
        let stored = self.stored_pairs(work, &keys.to_string()).await?;
        let list: Value = fresh
            .iter()
            .map(|(host, proxy, pair)| pair_row(*host, *proxy, pair, stored.get(&(*host, *proxy))))
            .collect();
        let values = [list.to_string().into(), now.into()];
        let statement = self.database.statement(pairs_sql(self.database.backend()), values);
        work.conn().execute_raw(statement).await.map(|_| ()).map_err(database)
    }
}

fn host_row(host: &HostNews) -> Value {
    let (state, _, strikes, until) = breaker_columns(host.breaker);
    json!({
        "id": host.id.uuid().simple().to_string(),
        "host": host.host,
        "state": state,
        "strikes": strikes,
        "pause_until": until,
        "created_at": host.first_at.micros(),
        "last_at": host.last_at.micros(),
    })
}

/// Evidence joins what stands there; counts are added by the statement.
fn pair_row(host: Uuid, proxy: Uuid, pair: &Pair, stored: Option<&Pair>) -> Value {
    let evidence = stored.map_or(pair.fresh, |stored| stored.evidence.plus(pair.fresh));
    let (state, failures_in_row, strikes, until) = breaker_columns(pair.breaker);
    json!({
        "host": host.simple().to_string(),
        "proxy": proxy.simple().to_string(),
        "good": evidence.good(),
        "bad": evidence.bad(),
        "evidence_at": evidence.moment().micros(),
        "latency_ms": pair.latency_ms,
        "state": state,
        "failures_in_row": failures_in_row,
        "strikes": strikes,
        "pause_until": until,
        "requests": pair.tally.requests,
        "successes": pair.tally.successes,
        "failures": pair.tally.failures,
        "refused": pair.tally.refused,
        "last_at": pair.last_at.micros(),
    })
}

fn hosts_sql(backend: Backend) -> String {
    let news = match backend {
        Backend::Postgres => {
            "SELECT d.id, p.id, d.host, d.state, d.strikes, d.pause_until, d.created_at, d.last_at, \
             $3 FROM jsonb_to_recordset($1::jsonb) AS d(id uuid, host text, state text, \
             strikes integer, pause_until bigint, created_at bigint, last_at bigint), \
             proxy_pools p WHERE p.id = $2"
        }
        Backend::Sqlite => {
            "SELECT unhex(value->>'id'), p.id, value->>'host', value->>'state', value->>'strikes', \
             value->>'pause_until', value->>'created_at', value->>'last_at', $3 \
             FROM json_each($1), proxy_pools p WHERE p.id = $2"
        }
    };
    let latest = match backend {
        Backend::Postgres => "GREATEST",
        Backend::Sqlite => "MAX",
    };
    format!(
        "INSERT INTO proxy_hosts (id, pool_id, host, state, strikes, pause_until, created_at, \
         last_at, changed_at) {news} ON CONFLICT (id) DO UPDATE SET state = excluded.state, \
         strikes = excluded.strikes, pause_until = excluded.pause_until, \
         last_at = {latest}(proxy_hosts.last_at, excluded.last_at), \
         changed_at = excluded.changed_at"
    )
}

fn stored_sql(backend: Backend) -> &'static str {
    match backend {
        Backend::Postgres => {
            "SELECT p.* FROM proxy_host_pairs p JOIN jsonb_to_recordset($1::jsonb) AS \
             d(host uuid, proxy uuid) ON p.host_id = d.host AND p.proxy_id = d.proxy \
             ORDER BY p.host_id, p.proxy_id FOR UPDATE OF p"
        }
        Backend::Sqlite => {
            "SELECT p.* FROM json_each($1) AS d JOIN proxy_host_pairs p \
             ON p.host_id = unhex(d.value->>'host') AND p.proxy_id = unhex(d.value->>'proxy')"
        }
    }
}

/// Pairs of proxies or hosts that are gone are left out.
fn pairs_sql(backend: Backend) -> String {
    let news = match backend {
        Backend::Postgres => {
            "SELECT h.id, x.id, d.good, d.bad, d.evidence_at, d.latency_ms, d.state, \
             d.failures_in_row, d.strikes, d.pause_until, d.requests, d.successes, d.failures, \
             d.refused, d.last_at, $2 FROM jsonb_to_recordset($1::jsonb) AS d(host uuid, \
             proxy uuid, good double precision, bad double precision, evidence_at bigint, \
             latency_ms double precision, state text, failures_in_row integer, strikes integer, \
             pause_until bigint, requests bigint, successes bigint, failures bigint, \
             refused bigint, last_at bigint) JOIN proxy_hosts h ON h.id = d.host \
             JOIN proxies x ON x.id = d.proxy WHERE true"
        }
        Backend::Sqlite => {
            "SELECT h.id, x.id, value->>'good', value->>'bad', value->>'evidence_at', \
             value->>'latency_ms', value->>'state', value->>'failures_in_row', value->>'strikes', \
             value->>'pause_until', value->>'requests', value->>'successes', value->>'failures', \
             value->>'refused', value->>'last_at', $2 FROM json_each($1) \
             JOIN proxy_hosts h ON h.id = unhex(value->>'host') \
             JOIN proxies x ON x.id = unhex(value->>'proxy') WHERE true"
        }
    };
    let sums: String = ["requests", "successes", "failures", "refused"]
        .map(|name| format!("{name} = proxy_host_pairs.{name} + excluded.{name}, "))
        .concat();
    format!(
        "INSERT INTO proxy_host_pairs (host_id, proxy_id, good, bad, evidence_at, latency_ms, \
         state, failures_in_row, strikes, pause_until, requests, successes, failures, refused, \
         last_at, changed_at) {news} ON CONFLICT (host_id, proxy_id) DO UPDATE SET \
         good = excluded.good, bad = excluded.bad, evidence_at = excluded.evidence_at, \
         latency_ms = COALESCE(excluded.latency_ms, proxy_host_pairs.latency_ms), \
         state = excluded.state, failures_in_row = excluded.failures_in_row, \
         strikes = excluded.strikes, pause_until = excluded.pause_until, {sums} \
         last_at = excluded.last_at, changed_at = excluded.changed_at"
    )
}

fn known_pair(row: &QueryResult) -> Result<(ProxyId, Pair), StoreError> {
    let pair = Pair { tally: Tally::default(), ..rows::pair(row)? };
    Ok((column::<Uuid>(row, "proxy_id")?.into(), pair))
}

#[async_trait]
impl HostStore for SqlHostStore {
    async fn save_hosts(
        &self,
        pool: PoolId,
        news: &[HostNews],
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let work = self.database.begin().await.map_err(database)?;
        self.write_hosts(&work, pool, news, now).await?;
        self.write_pairs(&work, news, now).await?;
        work.commit().await.map_err(database)
    }

    async fn load_host(&self, id: HostId) -> Result<Option<KnownHost>, StoreError> {
        let found = self.rows("SELECT * FROM proxy_hosts WHERE id = $1", [id.into()]).await?;
        let Some(host) = found.first().map(rows::host).transpose()? else { return Ok(None) };
        let sql = format!("SELECT * FROM proxy_host_pairs WHERE host_id = $1 LIMIT {MOST_PAIRS}");
        let pairs = self.rows(&sql, [id.into()]).await?;
        Ok(Some((host, pairs.iter().map(known_pair).collect::<Result<_, _>>()?)))
    }

    async fn changed_hosts(
        &self,
        pool: PoolId,
        since: Timestamp,
    ) -> Result<Vec<KnownHost>, StoreError> {
        let sql = "SELECT * FROM proxy_hosts WHERE pool_id = $1 AND changed_at >= $2";
        let hosts = self.rows(sql, [pool.into(), since.into()]).await?;
        if hosts.is_empty() {
            return Ok(Vec::new());
        }
        let sql = format!(
            "SELECT p.* FROM proxy_host_pairs p JOIN proxy_hosts h ON h.id = p.host_id \
             WHERE h.pool_id = $1 AND h.changed_at >= $2 AND p.changed_at >= $2 LIMIT {MOST_PAIRS}"
        );
        let mut pairs: HashMap<Uuid, Vec<(ProxyId, Pair)>> = HashMap::new();
        for row in self.rows(&sql, [pool.into(), since.into()]).await? {
            pairs.entry(column(&row, "host_id")?).or_default().push(known_pair(&row)?);
        }
        let known = |row: &QueryResult| {
            let host = rows::host(row)?;
            let pairs = pairs.remove(&host.id.uuid()).unwrap_or_default();
            Ok((host, pairs))
        };
        hosts.iter().map(known).collect()
    }

    async fn list_hosts(
        &self,
        owner: Owner,
        pool: PoolId,
        now: Timestamp,
        page: PageRequest,
    ) -> Result<Vec<HostSums>, StoreError> {
        let mut values: Vec<SqlValue> = vec![owner.into(), pool.into(), now.into()];
        let after = after(&mut values, "h", page);
        let sql = format!(
            "SELECT h.*, s.* FROM (SELECT h.* FROM proxy_hosts h JOIN proxy_pools o \
             ON o.id = h.pool_id WHERE o.owner_id = $1 AND h.pool_id = $2{after} \
             ORDER BY h.created_at DESC, h.id DESC LIMIT {}) h LEFT JOIN {SUMS} s \
             ON s.host_id = h.id ORDER BY h.created_at DESC, h.id DESC",
            page.limit + 1
        );
        let rows = self.rows(&sql, values).await?;
        rows.iter().map(host_sums).collect()
    }

    async fn list_pairs(
        &self,
        owner: Owner,
        pool: PoolId,
        host: &str,
        page: PageRequest,
    ) -> Result<Vec<PairRow>, StoreError> {
        let mut values: Vec<SqlValue> = vec![owner.into(), pool.into(), host.into()];
        let after = after(&mut values, "x", page);
        let sql = format!(
            "SELECT p.*, x.scheme, x.host, x.port, x.username, x.created_at FROM proxies x \
             JOIN proxy_hosts h ON h.pool_id = x.pool_id AND h.host = $3 \
             JOIN proxy_host_pairs p ON p.host_id = h.id AND p.proxy_id = x.id \
             WHERE x.owner_id = $1 AND x.pool_id = $2{after} \
             ORDER BY x.created_at DESC, x.id DESC LIMIT {}",
            page.limit + 1
        );
        let pair = |row: &QueryResult| {
            Ok(PairRow {
                proxy: column::<Uuid>(row, "proxy_id")?.into(),
                endpoint: rows::endpoint(row)?,
                created_at: Timestamp::from_micros(column(row, "created_at")?),
                pair: rows::pair(row)?,
            })
        };
        self.rows(&sql, values).await?.iter().map(pair).collect()
    }

    async fn forget_hosts(&self, before: Timestamp) -> Result<u64, StoreError> {
        let sql = format!(
            "DELETE FROM proxy_hosts WHERE id IN \
             (SELECT id FROM proxy_hosts WHERE last_at < $1 LIMIT {FORGOTTEN})"
        );
        let statement = self.database.statement(sql, [before.into()]);
        let done = self.database.write().execute_raw(statement).await.map_err(database)?;
        Ok(done.rows_affected())
    }
}

/// The condition of a page that follows another one.
fn after(values: &mut Vec<SqlValue>, table: &str, page: PageRequest) -> String {
    let Some(after) = page.after else { return String::new() };
    let at = values.len() + 1;
    values.extend([after.at.into(), after.id.into()]);
    format!(" AND ({table}.created_at, {table}.id) < (${at}, ${})", at + 1)
}

fn host_sums(row: &QueryResult) -> Result<HostSums, StoreError> {
    let sum =
        |name: &str| Ok(u64::try_from(column::<Option<i64>>(row, name)?.unwrap_or(0)).unwrap_or(0));
    Ok(HostSums {
        stored: rows::host(row)?,
        proxies: sum("proxies")?,
        resting: sum("resting")?,
        tally: Tally {
            requests: sum("requests")?,
            successes: sum("successes")?,
            failures: sum("failures")?,
            refused: sum("refused")?,
        },
        latency_ms: column(row, "mean_ms")?,
    })
}
