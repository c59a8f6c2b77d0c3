//! Entries of the audit log on their way to the database, beside the requests they tell of.

use std::time::Duration;

use tokio::sync::{Mutex, mpsc};
use tokio_util::sync::CancellationToken;
use tracing::warn;

use super::db::{AtOnce, Database, audit_insert, audit_rows};
use crate::{
    application::{AuditTrail, is_outage},
    domain::AuditEntry,
};

/// Entries that may wait; more are dropped and counted.
const WAITING: usize = 4096;
/// Entries of one statement.
const BATCH: usize = 200;
/// Before a batch is tried again that could not be written.
const PAUSE: Duration = Duration::from_secs(1);

/// The waiting entries. Run [`AuditQueue::run`] in one task of the process.
pub struct AuditQueue {
    database: Database,
    sender: mpsc::Sender<AuditEntry>,
    receiver: Mutex<mpsc::Receiver<AuditEntry>>,
}

impl AuditQueue {
    pub fn new(database: Database) -> Self {
        metrics::describe_counter!(
            "audit_entries_dropped_total",
            "Refusals and failures that the audit log had no room for."
        );
        let (sender, receiver) = mpsc::channel(WAITING);
        Self { database, sender, receiver: Mutex::new(receiver) }
    }

    /// Writes what comes, until told to stop; then what is left, once.
    pub async fn run(&self, stop: CancellationToken) {
        let mut receiver = self.receiver.lock().await;
        let mut batch = Vec::new();
        loop {
            tokio::select! {
                biased;
                () = stop.cancelled() => break,
                _ = receiver.recv_many(&mut batch, BATCH) => {}
            }
            while !self.written(&mut batch).await {
                tokio::select! {
                    () = stop.cancelled() => break,
                    () = tokio::time::sleep(PAUSE) => {}
                }
                if stop.is_cancelled() {
                    break;
                }
            }
        }
        self.write_rest(&mut receiver, batch).await;
    }

    /// Writes what waits by now. For a queue that nothing runs.
    pub async fn flush(&self) {
        let mut receiver = self.receiver.lock().await;
        self.write_rest(&mut receiver, Vec::new()).await;
    }

    async fn write_rest(
        &self,
        receiver: &mut mpsc::Receiver<AuditEntry>,
        mut batch: Vec<AuditEntry>,
    ) {
        loop {
            while batch.len() < BATCH
                && let Ok(entry) = receiver.try_recv()
            {
                batch.push(entry);
            }
            if batch.is_empty() {
                return;
            }
            if !self.written(&mut batch).await {
                dropped(batch.len());
                return;
            }
        }
    }

    async fn written(&self, batch: &mut Vec<AuditEntry>) -> bool {
        if batch.is_empty() {
            return true;
        }
        let mut work = AtOnce::default();
        let entries = work.bind(audit_rows(batch.iter()));
        work.sql = audit_insert(self.database.backend(), &entries);
        match self.database.at_once(work).await {
            Ok(_) => {
                batch.clear();
                true
            }
            Err(error) if is_outage(&error) => {
                warn!(%error, "the audit log could not be written, {} entries wait", batch.len());
                false
            }
            Err(error) => {
                warn!(%error, "{} entries of the audit log were refused", batch.len());
                dropped(batch.len());
                batch.clear();
                true
            }
        }
    }
}

impl AuditTrail for AuditQueue {
    fn note(&self, entry: AuditEntry) {
        if self.sender.try_send(entry).is_err() {
            dropped(1);
        }
    }
}

fn dropped(entries: usize) {
    metrics::counter!("audit_entries_dropped_total").increment(entries as u64);
}
