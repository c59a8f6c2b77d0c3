//! Checks that are due, in the database.

use std::collections::{HashMap, hash_map::Entry};

use async_trait::async_trait;
use sea_orm::ConnectionTrait as _;
use serde_json::{Value, json};
use shared_kernel::{domain::Timestamp, infrastructure::db::Backend};
use uuid::Uuid;

use super::{
    rows::{self, column, database, moment},
    store::SqlPoolStore,
};
use crate::{
    application::ports::{CheckStore, DueCheck, StoreError},
    domain::{Pool, ProxyId},
};

#[async_trait]
impl CheckStore for SqlPoolStore {
    async fn claim_checks(
        &self,
        now: Timestamp,
        again: Timestamp,
        limit: u32,
    ) -> Result<Vec<DueCheck>, StoreError> {
        let skip = match self.database().backend() {
            Backend::Postgres => " FOR UPDATE SKIP LOCKED",
            Backend::Sqlite => "",
        };
        let sql = format!(
            "UPDATE proxies SET next_check_at = $2 WHERE id IN (SELECT id FROM proxies \
             WHERE next_check_at <= $1 ORDER BY next_check_at LIMIT {limit}{skip}) RETURNING *"
        );
        let statement = self.database().statement(sql, [now.into(), again.into()]);
        let rows = self.database().write().query_all_raw(statement).await.map_err(database)?;
        let mut pools: HashMap<Uuid, Option<Pool>> = HashMap::new();
        let mut due = Vec::with_capacity(rows.len());
        for row in &rows {
            let id: Uuid = column(row, "pool_id")?;
            let pool = match pools.entry(id) {
                Entry::Occupied(known) => known.get().clone(),
                Entry::Vacant(place) => {
                    let sql = "SELECT * FROM proxy_pools WHERE id = $1";
                    let found = self.rows(sql, [id.into()]).await?;
                    place.insert(found.first().map(rows::pool).transpose()?).clone()
                }
            };
            if let (Some(pool), Some(proxy)) = (pool, self.loaded(row)?) {
                due.push(DueCheck { pool, proxy, last_used_at: moment(row, "last_used_at")? });
            }
        }
        Ok(due)
    }

    async fn schedule_checks(&self, due: &[(ProxyId, Timestamp)]) -> Result<(), StoreError> {
        if due.is_empty() {
            return Ok(());
        }
        let row = |(id, at): &(ProxyId, Timestamp)| json!({ "id": id.uuid().simple().to_string(), "at": at.micros() });
        let list: Value = due.iter().map(row).collect();
        let news = match self.database().backend() {
            Backend::Postgres => "jsonb_to_recordset($1::jsonb) AS d(id uuid, at bigint)",
            Backend::Sqlite => {
                "(SELECT unhex(value->>'id') AS id, value->>'at' AS at FROM json_each($1)) AS d"
            }
        };
        let sql =
            format!("UPDATE proxies SET next_check_at = d.at FROM {news} WHERE proxies.id = d.id");
        let statement = self.database().statement(sql, [list.to_string().into()]);
        self.database().write().execute_raw(statement).await.map(|_| ()).map_err(database)
    }
}
