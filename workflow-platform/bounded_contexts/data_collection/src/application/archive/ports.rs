//! What fetching and the use cases of pages need of the archive.

use async_trait::async_trait;
use bytes::Bytes;
use sea_orm::DbErr;
use shared_kernel::{
    application::{BlobError, FetchResponse},
    domain::{Owner, Page, PageRequest, Timestamp},
};
use url::Url;
use uuid::Uuid;

/// Larger bodies are not kept, bytes.
const LARGEST: usize = 8 * 1024 * 1024;

/// The archive could not serve.
#[derive(Debug, thiserror::Error)]
pub enum PageStoreError {
    #[error("database failed")]
    Database(#[from] DbErr),
    #[error("content of a page cannot be read")]
    Blob(#[from] BlobError),
    #[error("a row or the content of a page is damaged")]
    Damaged,
}

/// A page without its content.
#[derive(Debug, Clone, PartialEq)]
pub struct ArchivedPage {
    pub id: Uuid,
    /// Where it came from, after redirects.
    pub url: String,
    pub fetched_at: Timestamp,
    pub status: u16,
    pub content_type: Option<String>,
    /// Name of the encoding it is read in.
    pub charset: String,
    /// BLAKE3 of the content, in hex.
    pub hash: String,
    /// Of the content.
    pub bytes: u64,
    pub etag: Option<String>,
    pub last_modified: Option<String>,
    pub headers: Vec<(String, String)>,
    pub content: PageContent,
}

/// Where the content stands: a part of an unpacked blob.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageContent {
    pub blob: String,
    pub at: u64,
    pub length: u64,
}

/// What a list of pages is narrowed to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PageFilter {
    /// `name` or `name:port`.
    pub host: Option<String>,
    /// How the address begins.
    pub url_prefix: Option<String>,
    pub since: Option<Timestamp>,
    pub until: Option<Timestamp>,
}

/// How a site is asked whether a page changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Validators {
    pub page: Uuid,
    pub etag: Option<String>,
    pub last_modified: Option<String>,
}

/// A page as it was answered.
#[derive(Debug, Clone, PartialEq)]
pub struct KeptPage {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Bytes,
    pub url: String,
}

/// Whether an answer is one that is worth keeping: a text that came whole.
pub fn is_kept(response: &FetchResponse) -> bool {
    const KINDS: [&str; 4] = ["html", "xml", "json", "text/"];
    let kind = response.header("content-type").unwrap_or("text/html").to_ascii_lowercase();
    response.status == 200
        && !response.not_modified
        && response.body.len() <= LARGEST
        && KINDS.iter().any(|one| kind.contains(one))
}

/// The archive as the fetcher sees it.
#[async_trait]
pub trait PageArchive: Send + Sync {
    /// Takes the answer to a request for `asked`. It is kept soon, and with others; waits only
    /// when too many wait to be kept.
    async fn keep(&self, owner: Owner, asked: &Url, response: &FetchResponse);

    /// Of the newest page that the address gave; `None` also when the archive cannot tell now.
    async fn validators(&self, owner: Owner, asked: &Url) -> Option<Validators>;

    /// The page, if it is there.
    async fn page(&self, owner: Owner, page: Uuid) -> Option<KeptPage>;
}

/// The archive as its use cases see it.
#[async_trait]
pub trait PageStore: Send + Sync {
    /// Newest first.
    async fn list(
        &self,
        owner: Owner,
        filter: &PageFilter,
        page: PageRequest,
    ) -> Result<Page<ArchivedPage>, PageStoreError>;

    async fn find(&self, owner: Owner, page: Uuid) -> Result<Option<ArchivedPage>, PageStoreError>;

    async fn content(&self, page: &ArchivedPage) -> Result<Bytes, PageStoreError>;
}
