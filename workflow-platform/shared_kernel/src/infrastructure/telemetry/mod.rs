//! Logs: JSON lines for machines, or plain lines for people, on a stream and in files that are
//! replaced now and then. What looks like a secret is masked on its way out. Beside them, traces.

mod files;
mod lines;
mod redact;
mod traces;

use tracing_appender::non_blocking::WorkerGuard;
use tracing_subscriber::{
    EnvFilter, Layer, Registry,
    fmt::{MakeWriter, format::JsonFields},
    layer::SubscriberExt as _,
    util::SubscriberInitExt as _,
};

pub use files::{LogFiles, Rotation};
use lines::JsonLines;
use redact::Redacted;
pub use traces::{TraceError, TraceGuard, TraceSettings, start as start_traces};

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogForm {
    Json,
    Plain,
}

/// Where they go beside the files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogStream {
    /// Of what serves.
    Output,
    /// Of commands, whose output is something else.
    Error,
}

/// What is logged, and where.
#[derive(Debug, Clone)]
pub struct LogSettings {
    pub form: LogForm,
    /// In the syntax of `RUST_LOG`; a broken one is replaced by `info`.
    pub filter: String,
    pub stream: LogStream,
    pub files: Option<LogFiles>,
}

/// The files cannot be written.
#[derive(Debug, thiserror::Error)]
#[error("the log file cannot be written")]
pub struct LogError(#[from] tracing_appender::rolling::InitError);

/// Writes what is left into the files when it goes.
#[must_use = "lines that were not written are lost with it"]
#[derive(Debug)]
pub struct LogGuard {
    _files: Option<WorkerGuard>,
}

type Lines = Box<dyn Layer<Registry> + Send + Sync>;

/// Starts logging. A second call changes nothing but makes its files.
pub fn start(settings: &LogSettings) -> Result<LogGuard, LogError> {
    let stream = match settings.stream {
        LogStream::Output => layer(settings.form, std::io::stdout),
        LogStream::Error => layer(settings.form, std::io::stderr),
    };
    let mut layers = vec![stream];
    let mut guard = LogGuard { _files: None };
    if let Some(files) = &settings.files {
        let (writer, written) = tracing_appender::non_blocking(files.open()?);
        // Files are for machines, whatever people read on the stream.
        layers.push(layer(LogForm::Json, writer));
        guard = LogGuard { _files: Some(written) };
    }
    let filter = EnvFilter::try_new(&settings.filter).unwrap_or_else(|_| EnvFilter::new("info"));
    let _ = tracing_subscriber::registry().with(layers.with_filter(filter)).try_init();
    Ok(guard)
}

fn layer<W>(form: LogForm, writer: W) -> Lines
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let lines = tracing_subscriber::fmt::layer().with_writer(Redacted(writer));
    match form {
        LogForm::Json => lines.event_format(JsonLines).fmt_fields(JsonFields::new()).boxed(),
        LogForm::Plain => lines.with_target(false).boxed(),
    }
}
