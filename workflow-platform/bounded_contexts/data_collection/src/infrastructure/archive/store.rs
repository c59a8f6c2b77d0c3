//! The index, and the contents it points at.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use bytes::Bytes;
use moka::sync::Cache as Moka;
use sea_orm::{ConnectionTrait as _, DbErr, QueryResult, Value};
use shared_kernel::{
    application::{BlobKey, BlobStore},
    domain::{Cursor, Owner, Page, PageRequest},
    infrastructure::db::Database,
};
use url::Url;
use uuid::Uuid;

use super::rows::{COLUMNS, host_of, page, url_hash};
use crate::application::archive::{
    ArchivedPage, PageFilter, PageStore, PageStoreError, Validators,
};

/// Largest unpacked blob: a pack is full long before, and one page is not larger.
const LARGEST: usize = 64 * 1024 * 1024;
/// Bytes of unpacked blobs that are remembered, and for how long.
const REMEMBERED: u64 = 24 * 1024 * 1024;
const REMEMBERED_FOR: Duration = Duration::from_secs(30);
/// Whether an owner has pages of a host is believed for so long.
const BELIEVED: Duration = Duration::from_secs(30);

/// Pages in the tables of `tables.rs`.
#[derive(Clone)]
pub struct SqlPages {
    database: Database,
    blobs: Arc<dyn BlobStore>,
    unpacked: Moka<String, Bytes>,
    /// Owners and hosts, and whether there are pages: a first crawl of a site asks once.
    hosts: Moka<(Owner, String), bool>,
}

impl SqlPages {
    pub fn new(database: Database, blobs: Arc<dyn BlobStore>) -> Self {
        let unpacked = Moka::builder()
            .max_capacity(REMEMBERED)
            .weigher(|_, blob: &Bytes| u32::try_from(blob.len()).unwrap_or(u32::MAX))
            .time_to_idle(REMEMBERED_FOR)
            .build();
        let hosts = Moka::builder().max_capacity(10_000).time_to_live(BELIEVED).build();
        Self { database, blobs, unpacked, hosts }
    }

    async fn rows(&self, sql: String, values: Vec<Value>) -> Result<Vec<QueryResult>, DbErr> {
        self.database.read().query_all_raw(self.database.statement(sql, values)).await
    }

    /// Of the newest page that the address gave.
    pub async fn validators(&self, owner: Owner, asked: &Url) -> Option<Validators> {
        if !self.has_pages_of(owner, asked).await? {
            return None;
        }
        let sql = "SELECT id, etag, last_modified FROM archived_pages \
                   WHERE user_id = $1 AND url_hash = $2 ORDER BY fetched_at DESC LIMIT 1";
        let values = vec![owner.into(), url_hash(asked).into()];
        let rows = self.rows(sql.to_owned(), values).await.ok()?;
        let row = rows.first()?;
        let known = Validators {
            page: row.try_get("", "id").ok()?,
            etag: row.try_get("", "etag").ok()?,
            last_modified: row.try_get("", "last_modified").ok()?,
        };
        (known.etag.is_some() || known.last_modified.is_some()).then_some(known)
    }

    async fn has_pages_of(&self, owner: Owner, url: &Url) -> Option<bool> {
        let key = (owner, host_of(url));
        if let Some(known) = self.hosts.get(&key) {
            return Some(known);
        }
        let sql = "SELECT id FROM archived_pages WHERE user_id = $1 AND host = $2 LIMIT 1";
        let values = vec![owner.into(), key.1.as_str().into()];
        let found = !self.rows(sql.to_owned(), values).await.ok()?.is_empty();
        self.hosts.insert(key, found);
        Some(found)
    }

    async fn unpacked(&self, blob: &str) -> Result<Bytes, PageStoreError> {
        if let Some(known) = self.unpacked.get(blob) {
            return Ok(known);
        }
        let packed = self.blobs.get(&BlobKey(blob.to_owned())).await?;
        let work = move || zstd::bulk::decompress(&packed, LARGEST);
        let content = tokio::task::spawn_blocking(work).await;
        let content = content.map_err(|_| PageStoreError::Damaged)?;
        let content = Bytes::from(content.map_err(|_| PageStoreError::Damaged)?);
        self.unpacked.insert(blob.to_owned(), content.clone());
        Ok(content)
    }
}

#[async_trait]
impl PageStore for SqlPages {
    async fn list(
        &self,
        owner: Owner,
        filter: &PageFilter,
        request: PageRequest,
    ) -> Result<Page<ArchivedPage>, PageStoreError> {
        let mut sql = format!("SELECT {COLUMNS} FROM archived_pages WHERE user_id = $1");
        let mut values: Vec<Value> = vec![owner.into()];
        let mut add = |condition: &str, value: Value| {
            values.push(value);
            sql.push_str(&condition.replace('?', &format!("${}", values.len())));
        };
        if let Some(host) = &filter.host {
            if host.contains(':') && !host.ends_with(']') {
                add(" AND host = ?", host.as_str().into());
            } else {
                add(" AND host >= ?", format!("{host}:").into());
                add(" AND host < ?", format!("{host};").into());
            }
        }
        if let Some(prefix) = &filter.url_prefix {
            let length = i64::try_from(prefix.chars().count()).unwrap_or(i64::MAX);
            add(" AND substr(url, 1, CAST(? AS INTEGER))", length.into());
            add(" = ?", prefix.as_str().into());
        }
        if let Some(since) = filter.since {
            add(" AND fetched_at >= ?", since.into());
        }
        if let Some(until) = filter.until {
            add(" AND fetched_at < ?", until.into());
        }
        if let Some(after) = request.after {
            add(" AND (fetched_at, id) < (?", after.at.into());
            add(", ?)", after.id.into());
        }
        sql.push_str(&format!(" ORDER BY fetched_at DESC, id DESC LIMIT {}", request.limit + 1));
        let rows = self.rows(sql, values).await?;
        let pages = rows.iter().map(page).collect::<Result<Vec<_>, _>>()?;
        Ok(Page::cut(pages, request.limit, |page| Cursor { at: page.fetched_at, id: page.id }))
    }

    async fn find(&self, owner: Owner, id: Uuid) -> Result<Option<ArchivedPage>, PageStoreError> {
        let sql = format!("SELECT {COLUMNS} FROM archived_pages WHERE user_id = $1 AND id = $2");
        let rows = self.rows(sql, vec![owner.into(), id.into()]).await?;
        Ok(rows.first().map(page).transpose()?)
    }

    async fn content(&self, page: &ArchivedPage) -> Result<Bytes, PageStoreError> {
        let whole = self.unpacked(&page.content.blob).await?;
        let start = usize::try_from(page.content.at).map_err(|_| PageStoreError::Damaged)?;
        let length = usize::try_from(page.content.length).map_err(|_| PageStoreError::Damaged)?;
        let end = start.checked_add(length).filter(|end| *end <= whole.len());
        let content = whole.slice(start..end.ok_or(PageStoreError::Damaged)?);
        if blake3::hash(&content).to_hex().as_str() == page.hash {
            Ok(content)
        } else {
            Err(PageStoreError::Damaged)
        }
    }
}
