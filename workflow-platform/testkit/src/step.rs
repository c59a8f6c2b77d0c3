//! What an action is run with, without an engine: a quiet channel, pages from memory, files of
//! users.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
    time::Duration,
};

use async_trait::async_trait;
use bytes::Bytes;
use futures::{
    StreamExt as _,
    stream::{self, BoxStream},
};
use parking_lot::Mutex;
use serde_json::Value;
use shared_kernel::{
    application::{
        ActionContext, ActionError, BlobError, BlobKey, BlobStore, FetchError, FetchOutcome,
        FetchRequest, FetchResponse, Fetcher, LogLevel, StepChannel, StepRecord, UserFile,
        UserFiles, UserFilesError,
    },
    domain::{Id, Owner},
};
use tokio_util::sync::CancellationToken;
use url::Url;
use uuid::Uuid;

/// A step of somebody's execution, with the test's clock.
pub fn step(owner: Owner) -> ActionContext {
    let (ambient, _) = crate::ambient();
    ActionContext {
        owner,
        execution: Id::from(ambient.uuid()),
        step: "step".to_owned(),
        item: None,
        attempt: 1,
        idempotency_key: "key".to_owned(),
        cancel: CancellationToken::new(),
        deadline: None,
        ambient,
        blobs: Arc::new(MemoryBlobs::default()),
        channel: Arc::new(Quiet),
        records: Arc::default(),
        secrets: Arc::default(),
        trace: None,
    }
}

struct Quiet;

#[async_trait]
impl StepChannel for Quiet {
    async fn record(&self, _: Vec<StepRecord>) -> Result<(), ActionError> {
        Ok(())
    }

    fn progress(&self, _: u64, _: Option<u64>, _: &str) {}

    fn log(&self, _: LogLevel, _: &str, _: Value) {}
}

/// Blobs that go with the process.
#[derive(Default)]
pub struct MemoryBlobs(Mutex<HashMap<BlobKey, Bytes>>);

impl MemoryBlobs {
    pub fn len(&self) -> usize {
        self.0.lock().len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

#[async_trait]
impl BlobStore for MemoryBlobs {
    async fn keep(&self, key: &BlobKey, content: Bytes) -> Result<(), BlobError> {
        self.0.lock().insert(key.clone(), content);
        Ok(())
    }

    fn keys(&self) -> BoxStream<'_, Result<BlobKey, BlobError>> {
        let keys: Vec<_> = self.0.lock().keys().cloned().map(Ok).collect();
        stream::iter(keys).boxed()
    }

    async fn get(&self, key: &BlobKey) -> Result<Bytes, BlobError> {
        self.0.lock().get(key).cloned().ok_or_else(|| BlobError::Missing(key.0.clone()))
    }

    async fn remove(&self, group: Uuid) -> Result<(), BlobError> {
        let of_group = |key: &BlobKey| key.parts().is_some_and(|(of, _)| of == Some(group));
        self.0.lock().retain(|key, _| !of_group(key));
        Ok(())
    }
}

/// Pages by address, and what a parser told of them. Robots rules refuse hosts.
#[derive(Default)]
pub struct ScriptedSite {
    pages: BTreeMap<String, (u16, Bytes)>,
    refused: Option<&'static str>,
    told: Mutex<Vec<(String, FetchOutcome)>>,
}

impl ScriptedSite {
    #[must_use]
    pub fn page(mut self, url: &str, status: u16, body: impl Into<Bytes>) -> Self {
        self.pages.insert(url.to_owned(), (status, body.into()));
        self
    }

    /// Refuses everything of a host, as its robots.txt would.
    #[must_use]
    pub fn refusing(mut self, host: &'static str) -> Self {
        self.refused = Some(host);
        self
    }

    /// What was told of answers, in order.
    pub fn told(&self) -> Vec<(String, FetchOutcome)> {
        self.told.lock().clone()
    }
}

#[async_trait]
impl Fetcher for ScriptedSite {
    async fn fetch(&self, request: FetchRequest) -> Result<FetchResponse, FetchError> {
        if let Some(host) = self.refused.filter(|host| request.url.contains(host)) {
            return Err(FetchError::RobotsDenied {
                host: host.to_owned(),
                path: "/".to_owned(),
                rule: "Disallow: /".to_owned(),
            });
        }
        let (status, body) = self.pages.get(&request.url).cloned().unwrap_or((404, Bytes::new()));
        Ok(FetchResponse {
            status,
            headers: Vec::new(),
            body,
            url: request.url,
            elapsed: Duration::ZERO,
            proxy: None,
            outcome: FetchOutcome::Ok,
            not_modified: false,
            notes: Vec::new(),
        })
    }

    async fn report(&self, response: &FetchResponse, outcome: FetchOutcome) {
        self.told.lock().push((response.url.clone(), outcome));
    }

    async fn sitemaps(&self, _: &FetchRequest, _: &Url) -> Result<Vec<String>, FetchError> {
        Ok(Vec::new())
    }
}

/// Uploaded files of one owner.
#[derive(Default)]
pub struct HeldFiles {
    owner: Option<Owner>,
    files: BTreeMap<Uuid, (String, Bytes)>,
}

impl HeldFiles {
    pub fn of(owner: Owner) -> Self {
        Self { owner: Some(owner), files: BTreeMap::new() }
    }

    #[must_use]
    pub fn file(mut self, id: Uuid, name: &str, content: impl Into<Bytes>) -> Self {
        self.files.insert(id, (name.to_owned(), content.into()));
        self
    }
}

#[async_trait]
impl UserFiles for HeldFiles {
    async fn read(
        &self,
        owner: Owner,
        id: Uuid,
    ) -> Result<Option<(UserFile, Bytes)>, UserFilesError> {
        let found = self.files.get(&id).filter(|_| self.owner == Some(owner)).cloned();
        Ok(found.map(|(name, content)| {
            let bytes = u64::try_from(content.len()).unwrap_or(u64::MAX);
            (UserFile { id, name, bytes }, content)
        }))
    }
}
