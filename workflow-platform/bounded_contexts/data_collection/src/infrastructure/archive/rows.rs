//! Rows of the index.

use sea_orm::{DbErr, QueryResult};
use serde_json::{Value, json};
use shared_kernel::{
    domain::{Owner, Timestamp},
    infrastructure::db::{AtOnce, Backend},
};
use url::Url;
use uuid::Uuid;

use crate::application::archive::{ArchivedPage, PageContent};

/// Columns of a page, as [`page`] reads them.
pub(super) const COLUMNS: &str = "id, url, fetched_at, status, content_type, charset, headers, \
     etag, last_modified, hash, bytes, blob, blob_at";

const INTO: &str = "INSERT INTO archived_pages (id, user_id, group_id, url, host, url_hash, \
     fetched_at, status, content_type, charset, headers, etag, last_modified, hash, bytes, blob, \
     blob_at)";

const FROM_POSTGRES: &str = "SELECT id, user_id, group_id, url, host, url_hash, fetched_at, \
     status, content_type, charset, headers, etag, last_modified, hash, bytes, blob, blob_at \
     FROM jsonb_to_recordset($1::jsonb) AS new(id uuid, user_id uuid, group_id uuid, url text, \
     host text, url_hash text, fetched_at bigint, status int, content_type text, charset text, \
     headers text, etag text, last_modified text, hash text, bytes bigint, blob text, \
     blob_at bigint)";

const FROM_SQLITE: &str = "SELECT unhex(value ->> 'id'), unhex(value ->> 'user_id'), \
     unhex(value ->> 'group_id'), value ->> 'url', value ->> 'host', value ->> 'url_hash', \
     value ->> 'fetched_at', value ->> 'status', value ->> 'content_type', value ->> 'charset', \
     value ->> 'headers', value ->> 'etag', value ->> 'last_modified', value ->> 'hash', \
     value ->> 'bytes', value ->> 'blob', value ->> 'blob_at' FROM json_each($1) AS new";

/// What is written of a page, but for where its content came to stand.
#[derive(Debug)]
pub(super) struct NewPage {
    pub page: ArchivedPage,
    pub owner: Owner,
    pub host: String,
    pub url_hash: String,
}

/// `name:port` of an address.
pub(super) fn host_of(url: &Url) -> String {
    let port = url.port_or_known_default().unwrap_or(0);
    format!("{}:{port}", url.host_str().unwrap_or_default())
}

/// The key under which an address is looked up.
pub(super) fn url_hash(url: &Url) -> String {
    let mut url = url.clone();
    url.set_fragment(None);
    blake3::hash(url.as_str().as_bytes()).to_hex()[..32].to_owned()
}

fn plain(text: &str, longest: usize) -> String {
    text.chars().filter(|one| *one != '\0').take(longest).collect()
}

/// Writes pages of one group in one statement.
pub(super) fn insert(backend: Backend, group: Uuid, pages: &[NewPage]) -> AtOnce {
    let from = match backend {
        Backend::Postgres => FROM_POSTGRES,
        Backend::Sqlite => FROM_SQLITE,
    };
    let mut work = AtOnce::new(format!("{INTO} {from}"), Vec::new());
    work.bind(pages.iter().map(|new| row(group, new)).collect::<Value>().to_string());
    work
}

fn row(group: Uuid, new: &NewPage) -> Value {
    let page = &new.page;
    json!({
        "id": page.id.simple().to_string(),
        "user_id": new.owner.uuid().simple().to_string(),
        "group_id": group.simple().to_string(),
        "url": plain(&page.url, 4000),
        "host": new.host,
        "url_hash": new.url_hash,
        "fetched_at": page.fetched_at.micros(),
        "status": page.status,
        "content_type": page.content_type.as_deref().map(|kind| plain(kind, 200)),
        "charset": page.charset,
        "headers": plain(&json!(page.headers).to_string(), 20_000),
        "etag": page.etag.as_deref().map(|etag| plain(etag, 500)),
        "last_modified": page.last_modified.as_deref().map(|at| plain(at, 100)),
        "hash": page.hash,
        "bytes": page.bytes,
        "blob": page.content.blob,
        "blob_at": page.content.at,
    })
}

pub(super) fn page(row: &QueryResult) -> Result<ArchivedPage, DbErr> {
    let unsigned = |column: &str| -> Result<u64, DbErr> {
        Ok(u64::try_from(row.try_get::<i64>("", column)?).unwrap_or_default())
    };
    let headers: String = row.try_get("", "headers")?;
    let bytes = unsigned("bytes")?;
    Ok(ArchivedPage {
        id: row.try_get("", "id")?,
        url: row.try_get("", "url")?,
        fetched_at: Timestamp::from_micros(row.try_get("", "fetched_at")?),
        status: u16::try_from(row.try_get::<i32>("", "status")?).unwrap_or_default(),
        content_type: row.try_get("", "content_type")?,
        charset: row.try_get("", "charset")?,
        hash: row.try_get("", "hash")?,
        bytes,
        etag: row.try_get("", "etag")?,
        last_modified: row.try_get("", "last_modified")?,
        headers: serde_json::from_str(&headers).unwrap_or_default(),
        content: PageContent {
            blob: row.try_get("", "blob")?,
            at: unsigned("blob_at")?,
            length: bytes,
        },
    })
}
