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
use shared_kernel::infrastructure::cpu::{CpuError, CpuPool};

use crate::{
    application::dataset::{DatasetsError, RecordRow},
    domain::dataset::{ColumnType, Columns},
};

/// Why a file breaks off. The answer has begun by then: the connection is closed, so that nobody
/// takes it for the whole.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    #[error("records cannot be read")]
    Records(#[from] DatasetsError),
    #[error(transparent)]
    Cpu(#[from] CpuError),
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

/// Encodes on the pool for heavy work, a page at a time and none before the last was taken.
pub fn stream(
    cpu: CpuPool,
    encoder: Box<dyn Encoder>,
    pages: impl Stream<Item = Result<Vec<RecordRow>, DatasetsError>> + Send + 'static,
) -> impl Stream<Item = Result<Bytes, ExportError>> + Send {
    let pages: Pages = Box::pin(pages);
    try_unfold((cpu, Some(encoder), pages), |(cpu, encoder, mut pages)| async move {
        let Some(mut encoder) = encoder else { return Ok(None) };
        loop {
            let Some(rows) = pages.next().await.transpose()? else {
                let last = cpu.run(move || encoder.end()).await??;
                return Ok(Some((Bytes::from(last), (cpu, None, pages))));
            };
            let written;
            (encoder, written) = cpu
                .run(move || {
                    let written = encoder.rows(&rows);
                    (encoder, written)
                })
                .await?;
            let written = written?;
            if !written.is_empty() {
                return Ok(Some((Bytes::from(written), (cpu, Some(encoder), pages))));
            }
        }
    })
}
