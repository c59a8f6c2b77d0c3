//! Providers' lists in the database.

use std::{collections::HashSet, time::Duration};

use async_trait::async_trait;
use sea_orm::{ConnectionTrait as _, QueryResult, Value as SqlValue};
use secrecy::{ExposeSecret as _, SecretString};
use shared_kernel::{
    application::ProxyScheme,
    domain::{Id, Owner, PageRequest, Timestamp},
    infrastructure::db::{Backend, UnitOfWork},
};
use tracing::warn;
use uuid::Uuid;

use super::{
    rows::{bad, column, database, moment, small},
    store::{SqlPoolStore, place},
};
use crate::{
    application::ports::{LastFetch, ListSource, SourceDiff, SourceStore, StoreError},
    domain::{PoolId, ProxyId, SourceId},
};

/// Where an address stands, for the seal.
pub(super) fn source_place(source: SourceId) -> String {
    format!("proxy_sources/{source}/url")
}

fn seconds(time: Duration) -> SqlValue {
    i32::try_from(time.as_secs()).unwrap_or(i32::MAX).into()
}

fn number(number: u32) -> SqlValue {
    i32::try_from(number).unwrap_or(i32::MAX).into()
}

impl SqlPoolStore {
    fn source_of(&self, row: &QueryResult) -> Result<Option<ListSource>, StoreError> {
        let id: SourceId = column::<Uuid>(row, "id")?.into();
        let sealed: String = column(row, "sealed_url")?;
        let opened = self.sealer().open(&source_place(id), &sealed);
        let Some(url) = opened.ok().and_then(|bytes| String::from_utf8(bytes).ok()) else {
            warn!(source.id = %id, "address of list {id} cannot be opened, it is left out");
            return Ok(None);
        };
        let scheme: String = column(row, "scheme")?;
        let seconds = |number: u32| Duration::from_secs(number.into());
        Ok(Some(ListSource {
            id,
            pool: column::<Uuid>(row, "pool_id")?.into(),
            owner: Owner::new(column::<Uuid>(row, "owner_id")?.into()),
            url: SecretString::from(url),
            shown_url: column(row, "shown_url")?,
            scheme: scheme.parse::<ProxyScheme>().map_err(|()| bad("scheme", &scheme))?,
            every: seconds(small(row, "every_seconds")?),
            grace: seconds(small(row, "grace_seconds")?),
            enabled: column(row, "enabled")?,
            next_at: Timestamp::from_micros(column(row, "next_at")?),
            last: LastFetch {
                at: moment(row, "last_at")?,
                error: column(row, "last_error")?,
                found: small(row, "last_found")?,
                added: small(row, "last_added")?,
                rejected: small(row, "last_rejected")?,
                missing: small(row, "last_missing")?,
            },
            created_at: Timestamp::from_micros(column(row, "created_at")?),
        }))
    }

    fn sealed_url(&self, source: &ListSource) -> Result<String, StoreError> {
        self.sealer()
            .seal(&source_place(source.id), source.url.expose_secret().as_bytes())
            .map_err(|error| StoreError::Seal(Box::new(error)))
    }

    async fn run(
        &self,
        work: &UnitOfWork,
        sql: String,
        values: impl IntoIterator<Item = SqlValue>,
    ) -> Result<u64, StoreError> {
        let statement = self.database().statement(sql, values);
        let done = work.conn().execute_raw(statement).await.map_err(database)?;
        Ok(done.rows_affected())
    }

    /// What follows the column of an id, and the value to bind first.
    fn among(&self, proxies: &[ProxyId]) -> (String, SqlValue) {
        self.database().backend().among("$1", proxies.iter().map(|id| id.uuid()))
    }
}

#[async_trait]
impl SourceStore for SqlPoolStore {
    async fn insert_source(&self, source: &ListSource) -> Result<(), StoreError> {
        let sql = "INSERT INTO proxy_sources (id, pool_id, owner_id, sealed_url, shown_url, \
                   scheme, every_seconds, grace_seconds, enabled, next_at, created_at) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
        let values = [
            source.id.into(),
            source.pool.into(),
            source.owner.into(),
            self.sealed_url(source)?.into(),
            source.shown_url.as_str().into(),
            source.scheme.as_str().into(),
            seconds(source.every),
            seconds(source.grace),
            source.enabled.into(),
            source.next_at.into(),
            source.created_at.into(),
        ];
        let statement = self.database().statement(sql, values);
        self.database().write().execute_raw(statement).await.map(|_| ()).map_err(database)
    }

    async fn sources(
        &self,
        owner: Owner,
        pool: PoolId,
        page: PageRequest,
    ) -> Result<Vec<ListSource>, StoreError> {
        let sql = "SELECT * FROM proxy_sources WHERE owner_id = $1 AND pool_id = $2";
        let rows = self.page(sql, vec![owner.into(), pool.into()], page).await?;
        rows.iter().filter_map(|row| self.source_of(row).transpose()).collect()
    }

    async fn source(
        &self,
        owner: Owner,
        pool: PoolId,
        id: SourceId,
    ) -> Result<Option<ListSource>, StoreError> {
        let sql = "SELECT * FROM proxy_sources WHERE owner_id = $1 AND pool_id = $2 AND id = $3";
        let rows = self.rows(sql, [owner.into(), pool.into(), id.into()]).await?;
        Ok(rows.first().map(|row| self.source_of(row)).transpose()?.flatten())
    }

    async fn update_source(&self, source: &ListSource) -> Result<bool, StoreError> {
        let sql = "UPDATE proxy_sources SET sealed_url = $4, shown_url = $5, scheme = $6, \
                   every_seconds = $7, grace_seconds = $8, enabled = $9, next_at = $10 \
                   WHERE owner_id = $1 AND pool_id = $2 AND id = $3";
        let values = [
            source.owner.into(),
            source.pool.into(),
            source.id.into(),
            self.sealed_url(source)?.into(),
            source.shown_url.as_str().into(),
            source.scheme.as_str().into(),
            seconds(source.every),
            seconds(source.grace),
            source.enabled.into(),
            source.next_at.into(),
        ];
        let statement = self.database().statement(sql, values);
        let done = self.database().write().execute_raw(statement).await.map_err(database)?;
        Ok(done.rows_affected() > 0)
    }

    async fn remove_source(
        &self,
        owner: Owner,
        pool: PoolId,
        id: SourceId,
    ) -> Result<bool, StoreError> {
        let work = self.database().begin().await.map_err(database)?;
        let sql = "DELETE FROM proxy_sources WHERE owner_id = $1 AND pool_id = $2 AND id = $3";
        let gone = self.run(&work, sql.to_owned(), [owner.into(), pool.into(), id.into()]).await?;
        if gone == 0 {
            return Ok(false);
        }
        let sql = "UPDATE proxies SET source_id = NULL, retires_at = NULL WHERE source_id = $1";
        self.run(&work, sql.to_owned(), [id.into()]).await?;
        work.commit().await.map_err(database)?;
        Ok(true)
    }

    async fn claim_source(&self, now: Timestamp) -> Result<Option<ListSource>, StoreError> {
        let skip = match self.database().backend() {
            Backend::Postgres => " FOR UPDATE SKIP LOCKED",
            Backend::Sqlite => "",
        };
        let sql = format!(
            "UPDATE proxy_sources SET next_at = $1 + every_seconds * CAST(1000000 AS BIGINT) \
             WHERE id IN (SELECT id FROM proxy_sources WHERE enabled AND next_at <= $1 \
             ORDER BY next_at LIMIT 1{skip}) RETURNING *"
        );
        let statement = self.database().statement(sql, [now.into()]);
        let rows = self.database().write().query_all_raw(statement).await.map_err(database)?;
        Ok(rows.first().map(|row| self.source_of(row)).transpose()?.flatten())
    }

    async fn note_fetch(&self, id: SourceId, last: &LastFetch) -> Result<(), StoreError> {
        let sql = "UPDATE proxy_sources SET last_at = $2, last_error = $3, last_found = $4, \
                   last_added = $5, last_rejected = $6, last_missing = $7 WHERE id = $1";
        let values = [
            id.into(),
            last.at.map(Timestamp::micros).into(),
            last.error.clone().into(),
            number(last.found),
            number(last.added),
            number(last.rejected),
            number(last.missing),
        ];
        let statement = self.database().statement(sql, values);
        self.database().write().execute_raw(statement).await.map(|_| ()).map_err(database)
    }

    async fn source_proxies(&self, id: SourceId) -> Result<HashSet<ProxyId>, StoreError> {
        let rows = self.rows("SELECT id FROM proxies WHERE source_id = $1", [id.into()]).await?;
        rows.iter().map(|row| Ok(column::<Uuid>(row, "id")?.into())).collect()
    }

    async fn apply(&self, source: &ListSource, diff: &SourceDiff) -> Result<(), StoreError> {
        let work = self.database().begin().await.map_err(database)?;
        if !diff.missing.is_empty() {
            let (among, missing) = self.among(&diff.missing);
            let sql = format!(
                "UPDATE proxies SET retires_at = COALESCE(retires_at, $2) WHERE id {among}"
            );
            self.run(&work, sql, [missing, diff.retires_at.into()]).await?;
        }
        if !diff.back.is_empty() {
            let (among, back) = self.among(&diff.back);
            let sql = format!(
                "UPDATE proxies SET retires_at = NULL WHERE retires_at IS NOT NULL AND id {among}"
            );
            self.run(&work, sql, [back]).await?;
        }
        for (id, password) in &diff.passwords {
            let sealed = self
                .sealer()
                .seal(&place(*id), password.expose_secret().as_bytes())
                .map_err(|error| StoreError::Seal(Box::new(error)))?;
            let sql = "UPDATE proxies SET sealed_password = $2 WHERE id = $1".to_owned();
            self.run(&work, sql, [(*id).into(), sealed.into()]).await?;
        }
        if !diff.passwords.is_empty() {
            self.list_changed(&work, source.pool).await?;
        }
        work.commit().await.map_err(database)
    }

    async fn retire_proxies(
        &self,
        now: Timestamp,
        limit: u32,
    ) -> Result<HashSet<PoolId>, StoreError> {
        let work = self.database().begin().await.map_err(database)?;
        let sql = format!(
            "DELETE FROM proxies WHERE id IN (SELECT id FROM proxies WHERE retires_at <= $1 \
             LIMIT {limit}) RETURNING pool_id"
        );
        let statement = self.database().statement(sql, [now.into()]);
        let rows = work.conn().query_all_raw(statement).await.map_err(database)?;
        let pools: HashSet<PoolId> = rows
            .iter()
            .map(|row| Ok(Id::from(column::<Uuid>(row, "pool_id")?)))
            .collect::<Result<_, StoreError>>()?;
        for pool in &pools {
            self.list_changed(&work, *pool).await?;
        }
        work.commit().await.map_err(database)?;
        Ok(pools)
    }
}
