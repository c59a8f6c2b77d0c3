//! Log lines of executions, written in batches.

use std::time::Duration;

use sea_orm::{ConnectionTrait as _, DbErr};
use serde_json::{Value, json};
use shared_kernel::{
    application::LogLevel,
    domain::{Execution, Id, Timestamp},
    infrastructure::db::{Backend, Database},
};
use tokio::{sync::mpsc, task::JoinHandle};
use tracing::warn;

/// Lines that may wait to be written; more are dropped and counted.
const QUEUE: usize = 8192;
/// Most lines written at once.
const BATCH: usize = 500;
/// Lines gather for so long.
const GATHER: Duration = Duration::from_millis(100);
/// Longest message, in characters.
const LONGEST: usize = 4000;

/// A line about to be written.
#[derive(Debug)]
pub(super) struct NewLine {
    pub execution: Id<Execution>,
    pub at: Timestamp,
    pub level: LogLevel,
    pub step: String,
    pub item: Option<u32>,
    pub message: String,
    pub fields: Value,
}

/// The way into the logs. Never makes a step wait.
#[derive(Debug, Clone)]
pub(super) struct LogWriter(mpsc::Sender<NewLine>);

impl LogWriter {
    /// Starts the writing task; it ends with the last clone, after everything is written.
    pub fn start(database: &Database) -> (Self, JoinHandle<()>) {
        let (sender, receiver) = mpsc::channel(QUEUE);
        (Self(sender), tokio::spawn(run(database.clone(), receiver)))
    }

    pub fn write(&self, line: NewLine) {
        if self.0.try_send(line).is_err() {
            metrics::counter!("workflow_log_lines_dropped_total").increment(1);
        }
    }
}

async fn run(database: Database, mut receiver: mpsc::Receiver<NewLine>) {
    let mut lines = Vec::new();
    while receiver.recv_many(&mut lines, BATCH).await > 0 {
        if let Err(error) = insert(&database, &lines).await {
            let count = lines.len();
            warn!(error = &error as &dyn std::error::Error, "{count} log lines were not written");
        }
        lines.clear();
        if !receiver.is_closed() {
            tokio::time::sleep(GATHER).await;
        }
    }
}

const COLUMNS: &str = "INSERT INTO execution_logs \
     (execution_id, at, level, step, item, message, fields)";

async fn insert(database: &Database, lines: &[NewLine]) -> Result<(), DbErr> {
    let source = match database.backend() {
        Backend::Postgres => {
            "SELECT id, at, level, step, item, message, fields FROM \
             jsonb_to_recordset($1::jsonb) AS d(id uuid, at bigint, level text, step text, \
             item int, message text, fields text)"
        }
        Backend::Sqlite => {
            "SELECT unhex(value ->> 'id'), value ->> 'at', value ->> 'level', value ->> 'step', \
             value ->> 'item', value ->> 'message', value ->> 'fields' FROM json_each($1)"
        }
    };
    let rows: Vec<Value> = lines.iter().map(row).collect();
    let values = [Value::from(rows).to_string().into()];
    let statement = database.statement(format!("{COLUMNS} {source}"), values);
    database.write().execute_raw(statement).await?;
    Ok(())
}

fn row(line: &NewLine) -> Value {
    let level = match line.level {
        LogLevel::Debug => "debug",
        LogLevel::Info => "info",
        LogLevel::Warn => "warn",
        LogLevel::Error => "error",
    };
    // PostgreSQL's text knows no NUL.
    let message: String = line.message.chars().take(LONGEST).collect();
    json!({
        "id": line.execution.uuid().simple().to_string(),
        "at": line.at.micros(),
        "level": level,
        "step": line.step,
        "item": line.item,
        "message": message.replace('\0', "\u{fffd}"),
        "fields": line.fields.to_string(),
    })
}
