//! Pages on their way into the archive: packed, compressed, stored, and then written into the
//! index, so that no row points at nothing.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use bytes::Bytes;
use moka::sync::Cache as Moka;
use shared_kernel::{
    application::{BlobStore, FetchResponse},
    domain::{Ambient, Owner},
    infrastructure::{cpu::CpuPool, db::Database},
};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot},
    time::Instant,
};
use tokio_util::sync::CancellationToken;
use url::Url;
use uuid::Uuid;

use super::{
    groups::{count, day_of, group_of},
    rows::{NewPage, host_of, insert, url_hash},
    store::SqlPages,
};
use crate::{
    application::archive::{
        ArchivedPage, KeptPage, PageArchive, PageContent, PageStore as _, PageStoreError,
        Validators,
    },
    domain::charset,
};

/// Bytes that wait to be kept, at most; whoever brings more waits.
const WAITING: usize = 32 * 1024 * 1024;
/// A pack is full with so many bytes or pages, or when its first page waited so long.
const PACK: usize = 4 * 1024 * 1024;
const PAGES: usize = 256;
const GATHER: Duration = Duration::from_millis(250);
/// Speed against size, as zstd counts.
const LEVEL: i32 = 3;
/// Contents of today that are known to be stored.
const KNOWN: u64 = 50_000;
/// What is kept of an answer's headers.
const HEADERS: [&str; 12] = [
    "content-type",
    "content-language",
    "etag",
    "last-modified",
    "date",
    "cache-control",
    "expires",
    "age",
    "server",
    "link",
    "x-robots-tag",
    "content-disposition",
];

struct Waiting {
    new: NewPage,
    body: Bytes,
    _room: OwnedSemaphorePermit,
}

enum Message {
    Keep(Box<Waiting>),
    Flush(oneshot::Sender<()>),
}

/// The archive.
pub struct Archive {
    database: Database,
    blobs: Arc<dyn BlobStore>,
    pages: SqlPages,
    cpu: CpuPool,
    ambient: Ambient,
    sender: mpsc::UnboundedSender<Message>,
    receiver: tokio::sync::Mutex<mpsc::UnboundedReceiver<Message>>,
    room: Arc<Semaphore>,
    /// Somebody takes what is brought.
    runs: AtomicBool,
    known: Moka<(Uuid, blake3::Hash), PageContent>,
}

impl Archive {
    pub fn new(
        database: Database,
        blobs: Arc<dyn BlobStore>,
        cpu: CpuPool,
        ambient: Ambient,
    ) -> Self {
        let pages = SqlPages::new(database.clone(), Arc::clone(&blobs));
        let (sender, receiver) = mpsc::unbounded_channel();
        Self {
            database,
            blobs,
            pages,
            cpu,
            ambient,
            sender,
            receiver: tokio::sync::Mutex::new(receiver),
            room: Arc::new(Semaphore::new(WAITING / 1024)),
            runs: AtomicBool::new(false),
            known: Moka::builder().max_capacity(KNOWN).build(),
        }
    }

    /// The index, for its use cases.
    pub fn pages(&self) -> SqlPages {
        self.pages.clone()
    }

    /// Keeps what is brought, until told to stop; then what was brought by then.
    pub async fn run(self: Arc<Self>, stop: CancellationToken) {
        let mut receiver = self.receiver.lock().await;
        self.runs.store(true, Ordering::SeqCst);
        loop {
            let first = tokio::select! {
                message = receiver.recv() => message,
                () = stop.cancelled() => receiver.try_recv().ok(),
            };
            let Some(first) = first else { break };
            let (pack, flushes) = gather(first, &mut receiver, &stop).await;
            self.store(pack).await;
            for flushed in flushes {
                let _ = flushed.send(());
            }
        }
        self.runs.store(false, Ordering::SeqCst);
    }

    /// Returns when everything that was brought before is kept.
    pub async fn flush(&self) {
        let (done, flushed) = oneshot::channel();
        if self.runs.load(Ordering::SeqCst) && self.sender.send(Message::Flush(done)).is_ok() {
            let _ = flushed.await;
        }
    }

    async fn store(&self, pack: Vec<Waiting>) {
        let mut by_owner: HashMap<(Owner, i32), Vec<Waiting>> = HashMap::new();
        for waiting in pack {
            let key = (waiting.new.owner, day_of(waiting.new.page.fetched_at));
            by_owner.entry(key).or_default().push(waiting);
        }
        for ((owner, day), pack) in by_owner {
            let pages = pack.len();
            if let Err(error) = self.store_group(owner, day, pack).await {
                metrics::counter!("archive_pages_lost_total").increment(pages as u64);
                tracing::warn!(%error, pages, "{pages} pages could not be archived");
            }
        }
    }

    async fn store_group(
        &self,
        owner: Owner,
        day: i32,
        pack: Vec<Waiting>,
    ) -> Result<(), PageStoreError> {
        let group = group_of(owner, day);
        let (mut new, mut bodies, mut length) = (Vec::new(), Vec::new(), 0);
        let mut within: HashMap<String, u64> = HashMap::new();
        for Waiting { new: mut page, body, .. } in pack {
            let hash = blake3::hash(&body);
            page.page.hash = hash.to_hex().to_string();
            if let Some(known) = self.known.get(&(group, hash)) {
                page.page.content = known;
            } else {
                page.page.content.at = *within.entry(page.page.hash.clone()).or_insert_with(|| {
                    let at = length;
                    length += body.len() as u64;
                    bodies.push(body);
                    at
                });
            }
            new.push(page);
        }
        let mut stored = 0;
        if !bodies.is_empty() {
            let packed = self.cpu.run(move || compress(&bodies)).await;
            let packed = packed.map_err(|_| PageStoreError::Damaged)??;
            stored = packed.len() as u64;
            let blob = self.blobs.put(group, packed).await?;
            for page in new.iter_mut().filter(|page| page.page.content.blob.is_empty()) {
                page.page.content.blob.clone_from(&blob.0);
            }
        }
        let mut work = self.database.begin().await?;
        work.apply(insert(self.database.backend(), group, &new)).await?;
        work.apply(count(group, owner, day, stored, new.len())).await?;
        work.commit().await?;
        metrics::counter!("archive_pages_total").increment(new.len() as u64);
        for NewPage { page, .. } in new {
            if let Ok(hash) = blake3::Hash::from_hex(&page.hash) {
                self.known.insert((group, hash), page.content);
            }
        }
        Ok(())
    }
}

/// All that comes until the pack is full.
async fn gather(
    first: Message,
    receiver: &mut mpsc::UnboundedReceiver<Message>,
    stop: &CancellationToken,
) -> (Vec<Waiting>, Vec<oneshot::Sender<()>>) {
    let until = Instant::now() + GATHER;
    let (mut pack, mut flushes, mut bytes) = (Vec::new(), Vec::new(), 0);
    let mut next = Some(first);
    while let Some(message) = next.take() {
        match message {
            Message::Keep(waiting) => {
                bytes += waiting.body.len();
                pack.push(*waiting);
            }
            Message::Flush(done) => flushes.push(done),
        }
        if bytes >= PACK || pack.len() >= PAGES || !flushes.is_empty() {
            break;
        }
        next = tokio::select! {
            message = receiver.recv() => message,
            () = tokio::time::sleep_until(until) => None,
            () = stop.cancelled() => receiver.try_recv().ok(),
        };
    }
    (pack, flushes)
}

fn compress(bodies: &[Bytes]) -> Result<Bytes, PageStoreError> {
    let whole: Vec<u8> = bodies.concat();
    let packed = zstd::bulk::compress(&whole, LEVEL).map_err(|_| PageStoreError::Damaged)?;
    Ok(packed.into())
}

#[async_trait]
impl PageArchive for Archive {
    async fn keep(&self, owner: Owner, asked: &Url, response: &FetchResponse) {
        // A command that runs one file keeps nothing.
        if !self.runs.load(Ordering::SeqCst) {
            return;
        }
        let room = u32::try_from(response.body.len() / 1024 + 1).unwrap_or(u32::MAX);
        let Ok(room) = Arc::clone(&self.room).acquire_many_owned(room).await else { return };
        let header = |name: &str| response.header(name).map(str::to_owned);
        let kind = header("content-type");
        let headers = response.headers.iter().filter(|(name, _)| HEADERS.contains(&name.as_str()));
        let page = ArchivedPage {
            id: self.ambient.uuid(),
            url: response.url.clone(),
            fetched_at: self.ambient.now(),
            status: response.status,
            charset: charset::encoding_of(&response.body, kind.as_deref()).name().to_owned(),
            content_type: kind,
            hash: String::new(),
            bytes: response.body.len() as u64,
            etag: header("etag"),
            last_modified: header("last-modified"),
            headers: headers.cloned().collect(),
            content: PageContent { blob: String::new(), at: 0, length: response.body.len() as u64 },
        };
        let new = NewPage { page, owner, host: host_of(asked), url_hash: url_hash(asked) };
        let waiting = Waiting { new, body: response.body.clone(), _room: room };
        let _ = self.sender.send(Message::Keep(Box::new(waiting)));
    }

    async fn validators(&self, owner: Owner, asked: &Url) -> Option<Validators> {
        self.pages.validators(owner, asked).await
    }

    async fn page(&self, owner: Owner, page: Uuid) -> Option<KeptPage> {
        let found = self.pages.find(owner, page).await.ok()??;
        let body = self.pages.content(&found).await.ok()?;
        let ArchivedPage { status, headers, url, .. } = found;
        Some(KeptPage { status, headers, body, url })
    }
}
