//! Logs: JSON lines for machines, or plain lines for people.

use tracing_subscriber::{
    EnvFilter, Layer as _, layer::SubscriberExt as _, util::SubscriberInitExt as _,
};

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogForm {
    Json,
    Plain,
}

/// Starts logging to standard error. `filter` is in the syntax of `RUST_LOG`; a broken one is
/// replaced by `info`. A second call changes nothing.
pub fn start(form: LogForm, filter: &str) {
    let filter = EnvFilter::try_new(filter).unwrap_or_else(|_| EnvFilter::new("info"));
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    let layer = match form {
        LogForm::Json => lines.json().flatten_event(true).with_span_list(false).boxed(),
        LogForm::Plain => lines.with_target(false).boxed(),
    };
    let _ = tracing_subscriber::registry().with(layer.with_filter(filter)).try_init();
}
