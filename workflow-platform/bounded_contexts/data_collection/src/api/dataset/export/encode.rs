//! From pages of records to the bytes of a file.

use std::{
    io::{self, Write},
    mem,
    sync::Arc,
};

use bytes::Bytes;
use futures::{Stream, StreamExt as _, stream::try_unfold};
use parking_lot::Mutex;
use serde_json::Value;

use crate::{
    application::dataset::{DatasetsError, DatasetsModule, RecordRow},
    domain::dataset::{ColumnType, Columns},
};

/// Why a file breaks off. The answer has begun by then: the connection is closed, so that nobody
/// takes it for the whole.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    #[error("records cannot be read")]
    Records(#[from] DatasetsError),
    #[error("file cannot be written")]
    Write(#[from] io::Error),
    #[error("parquet file cannot be written")]
    Parquet(#[from] parquet::errors::ParquetError),
    #[error("an excel file has no room for more than 4 GiB")]
    TooLarge,
}

/// Writes a file piece by piece; what it gives is to be sent on.
pub trait Encoder: Send {
    fn rows(&mut self, rows: &[RecordRow]) -> Result<Vec<u8>, ExportError>;

    /// What closes the file, also one without records.
    fn end(self: Box<Self>) -> Result<Vec<u8>, ExportError>;
}

/// A column of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    pub name: String,
    pub label: Option<String>,
    pub kind: ColumnType,
}

impl Field {
    pub fn head(&self, labels: bool) -> &str {
        self.label.as_deref().filter(|_| labels).unwrap_or(&self.name)
    }
}

/// The chosen columns in the order of the choice, or all.
pub fn fields_of(columns: &Columns, chosen: Option<&[String]>) -> Vec<Field> {
    let field = |column: &crate::domain::dataset::Column| Field {
        name: column.name.clone(),
        label: column.label.clone(),
        kind: column.kind,
    };
    match chosen {
        Some(names) => names.iter().filter_map(|name| columns.get(name)).map(field).collect(),
        None => columns.0.iter().map(field).collect(),
    }
}

/// What a text cell shows of a value; nothing of null.
pub fn shown(value: Option<&Value>) -> Option<String> {
    match value? {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}

/// Collects what a writer writes until it is taken.
#[derive(Debug, Clone, Default)]
pub struct Sink(Arc<Mutex<Vec<u8>>>);

impl Sink {
    pub fn take(&self) -> Vec<u8> {
        mem::take(&mut *self.0.lock())
    }
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

type Pages = std::pin::Pin<Box<dyn Stream<Item = Result<Vec<RecordRow>, DatasetsError>> + Send>>;

/// A piece of a file, and how many records have been written with it.
#[derive(Debug)]
pub struct Piece {
    pub records: u64,
    pub bytes: Bytes,
}

/// A file under way.
struct Writing {
    module: DatasetsModule,
    /// None once the file is closed.
    encoder: Option<Box<dyn Encoder>>,
    pages: Pages,
    records: u64,
}

impl Writing {
    /// Encodes on the pool for heavy work, a page at a time.
    async fn next(mut self) -> Result<Option<(Piece, Self)>, ExportError> {
        let Some(mut encoder) = self.encoder.take() else { return Ok(None) };
        loop {
            let Some(rows) = self.pages.next().await.transpose()? else {
                let last = self.module.calculate(move || encoder.end()).await??;
                let piece = Piece { records: self.records, bytes: Bytes::from(last) };
                return Ok(Some((piece, self)));
            };
            self.records += rows.len() as u64;
            let written;
            (encoder, written) = self
                .module
                .calculate(move || {
                    let written = encoder.rows(&rows);
                    (encoder, written)
                })
                .await?;
            let written = written?;
            if !written.is_empty() {
                self.encoder = Some(encoder);
                let piece = Piece { records: self.records, bytes: Bytes::from(written) };
                return Ok(Some((piece, self)));
            }
        }
    }
}

/// The pieces of the file, none made before the last was taken.
pub fn stream(
    module: DatasetsModule,
    encoder: Box<dyn Encoder>,
    pages: impl Stream<Item = Result<Vec<RecordRow>, DatasetsError>> + Send + 'static,
) -> impl Stream<Item = Result<Piece, ExportError>> + Send {
    let writing = Writing { module, encoder: Some(encoder), pages: Box::pin(pages), records: 0 };
    try_unfold(writing, Writing::next)
}
