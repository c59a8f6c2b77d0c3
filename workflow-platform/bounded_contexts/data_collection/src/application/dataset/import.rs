//! Records from a file: read as it arrives, written in batches.

use std::{
    pin::Pin,
    sync::Arc,
    sync::atomic::{AtomicU64, Ordering},
};

use bytes::Bytes;
use futures::{Stream, StreamExt as _, TryStreamExt as _};
use serde::Serialize;
use serde_json::Value;
use shared_kernel::{
    application::Principal,
    domain::{Owner, Permission},
};
use tokio::sync::mpsc;
use tokio_util::io::{StreamReader, SyncIoBridge};
use uuid::Uuid;

use super::{
    Author, Cause, CellTypes, DatasetsError, DatasetsModule, FileFormat, Mode, Write, Written,
    import_lines::{Line, lines},
};
use crate::domain::dataset::{Batch, Columns, DatasetName, MOST_RECORDS};

/// Records of a batch, unless all of the file is one.
const BATCH: usize = 1000;
/// Most bytes of a file.
const MOST_BYTES: u64 = 64 * 1024 * 1024;
/// Bad lines that are told.
const MOST_TOLD: usize = 100;
/// Lines on their way from the reader.
const AHEAD: usize = 64;

/// How a file is to be taken in.
#[derive(Debug, Clone)]
pub struct Import {
    pub format: FileFormat,
    pub types: CellTypes,
    pub mode: Mode,
    /// Those of the dataset when absent.
    pub key: Option<Vec<String>>,
    /// All of the file, or nothing.
    pub atomic: bool,
}

/// A line that is no record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct BadLine {
    /// From 1; 0 where the file ends in the middle of something.
    pub line: u64,
    #[schema(example = "has 3 cells where 4 are wanted")]
    pub message: String,
}

/// What became of a file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct ImportReport {
    /// Lines that are records.
    pub records: u64,
    pub added: u64,
    pub changed: u64,
    pub unchanged: u64,
    /// Lines that are no record, and were left out.
    pub bad: u64,
    /// The first hundred of them.
    pub bad_lines: Vec<BadLine>,
    /// Batches that were held back.
    pub held: Vec<Uuid>,
    pub total: u64,
    pub version: u64,
}

type Body = Pin<Box<dyn Stream<Item = Result<Bytes, std::io::Error>> + Send>>;

impl ImportReport {
    fn left_out(&mut self, bad: BadLine) {
        self.bad += 1;
        if self.bad_lines.len() < MOST_TOLD {
            self.bad_lines.push(bad);
        }
    }

    fn wrote(&mut self, written: &Written) {
        self.added += written.added;
        self.changed += written.changed_count;
        self.unchanged += written.unchanged;
        self.held.extend(written.batch_id);
        (self.total, self.version) = (written.total, written.version);
    }
}

/// One import under way.
struct Taking<'a> {
    module: &'a DatasetsModule,
    owner: Owner,
    dataset: DatasetName,
    wanted: Import,
    /// None of records that are appended.
    key: Vec<String>,
    author: Author,
    /// Tells the batches of this import from those of others.
    seed: Uuid,
    batches: u32,
    waiting: Vec<Value>,
    report: ImportReport,
}

impl DatasetsModule {
    /// Bad lines are left out and told of. Good ones are written a thousand at a time, each batch
    /// a version; or all at once, when that is wanted or the dataset has a contract, which speaks
    /// of whole batches.
    pub async fn import(
        &self,
        who: &Principal,
        name: &str,
        wanted: Import,
        body: impl Stream<Item = Result<Bytes, std::io::Error>> + Send + 'static,
    ) -> Result<ImportReport, DatasetsError> {
        who.require(Permission::DatasetWrite)?;
        let dataset: DatasetName =
            name.parse().map_err(|error| DatasetsError::input("name", format!("{error}")))?;
        let known = self.store.find(who.owner(), dataset.as_str()).await?;
        let key = known.as_ref().map(|row| row.settings.key.clone());
        let key = wanted.key.clone().or(key.filter(|key| !key.is_empty()));
        if key.is_none() && wanted.mode != Mode::Append {
            return Err(DatasetsError::input(
                "key",
                "must name the fields that tell records apart",
            ));
        }
        let whole =
            wanted.atomic || known.as_ref().is_some_and(|row| !row.settings.contract.is_empty());
        let columns = known.map(|row| row.columns).unwrap_or_default();
        let taken = Arc::new(AtomicU64::new(0));
        let mut lines = read(&wanted, columns, counted(Box::pin(body), Arc::clone(&taken)));
        let mut taking = Taking {
            module: self,
            owner: who.owner(),
            dataset,
            key: key.filter(|_| wanted.mode != Mode::Append).unwrap_or_default(),
            wanted,
            author: Author { user: Some(who.user), execution: None },
            seed: self.ambient.uuid(),
            batches: 0,
            waiting: Vec::new(),
            report: ImportReport::default(),
        };
        while let Some(line) = lines.recv().await {
            let Ok(line) = line else {
                let too_large = taken.load(Ordering::Relaxed) > MOST_BYTES;
                let fault = if too_large {
                    DatasetsError::TooLarge(MOST_BYTES)
                } else {
                    DatasetsError::Unreadable
                };
                return Err(fault);
            };
            taking.take(line, whole).await?;
        }
        taking.flush().await?;
        Ok(taking.report)
    }
}

impl Taking<'_> {
    async fn take(&mut self, line: Line, whole: bool) -> Result<(), DatasetsError> {
        match line.and_then(|(line, record)| self.examined(line, record)) {
            Ok(record) => self.waiting.push(record),
            Err(bad) if self.wanted.atomic => {
                return Err(DatasetsError::input(format!("line {}", bad.line), bad.message));
            }
            Err(bad) => self.report.left_out(bad),
        }
        if whole && self.waiting.len() > MOST_RECORDS {
            let message = format!("at most {MOST_RECORDS} are taken at once");
            return Err(DatasetsError::input("records", message));
        }
        if !whole && self.waiting.len() >= BATCH { self.flush().await } else { Ok(()) }
    }

    /// A record that cannot be stored must not fail its batch.
    fn examined(&self, line: u64, record: Value) -> Result<Value, BadLine> {
        let alone = vec![record.clone()];
        let checked = match self.key.as_slice() {
            [] => Batch::keyless("", alone),
            key => Batch::new(key, alone),
        };
        match checked {
            Ok(_) => Ok(record),
            Err(error) => {
                let place = error.path.strip_prefix("records[0]").unwrap_or_default();
                let message = format!("{} {}", place.trim_start_matches('.'), error.message);
                Err(BadLine { line, message: message.trim_start().to_owned() })
            }
        }
    }

    async fn flush(&mut self) -> Result<(), DatasetsError> {
        if self.waiting.is_empty() && self.batches > 0 {
            return Ok(());
        }
        let records = std::mem::take(&mut self.waiting);
        let count = records.len() as u64;
        self.batches += 1;
        let write = Write {
            owner: self.owner,
            dataset: self.dataset.clone(),
            key: self.wanted.key.clone(),
            records,
            mode: self.wanted.mode,
            idempotency_key: format!("import-{}-{}", self.seed, self.batches),
            author: self.author,
            cause: Cause::Import,
        };
        let written = self.module.write(write).await?;
        self.report.records += count;
        self.report.wrote(&written);
        Ok(())
    }
}

/// Ends with an error after too many bytes.
fn counted(body: Body, taken: Arc<AtomicU64>) -> Body {
    Box::pin(body.map(move |chunk| {
        let chunk = chunk?;
        let before = taken.fetch_add(chunk.len() as u64, Ordering::Relaxed);
        if before + chunk.len() as u64 > MOST_BYTES {
            return Err(std::io::Error::other("the body is too large"));
        }
        Ok(chunk)
    }))
}

/// Reads on a thread that may wait; a full channel makes it wait.
fn read(wanted: &Import, columns: Columns, body: Body) -> mpsc::Receiver<std::io::Result<Line>> {
    let (sender, receiver) = mpsc::channel(AHEAD);
    let (format, types) = (wanted.format, wanted.types);
    let reader = SyncIoBridge::new(StreamReader::new(body.into_stream()));
    tokio::task::spawn_blocking(move || {
        for line in lines(format, types, columns, reader) {
            let ended = line.is_err();
            if sender.blocking_send(line).is_err() || ended {
                return;
            }
        }
    });
    receiver
}
