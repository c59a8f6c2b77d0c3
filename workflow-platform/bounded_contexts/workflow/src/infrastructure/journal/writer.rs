//! Group commit.

use std::time::Duration;

use shared_kernel::infrastructure::db::Database;
use tokio::sync::{mpsc, oneshot};
use tracing::warn;
use uuid::Uuid;

use super::{Append, AppendError, Lease, batch};
use crate::infrastructure::announce::Announcer;

/// Most appends in one transaction.
const BATCH: usize = 1024;
/// Appends that may wait for the writer; further ones make their drivers wait.
const QUEUE: usize = 4096;
/// How often an append is tried while the database is away, and how long between.
const TRIES: u32 = 40;
const PAUSE: Duration = Duration::from_millis(250);

type Answer = Result<(), AppendError>;

pub(super) struct Request {
    /// It changes hands several times.
    pub append: Box<Append>,
    answer: oneshot::Sender<Answer>,
}

impl Request {
    fn answer(self, answer: Answer) {
        // The driver may be gone; then nobody is to be told.
        let _ = self.answer.send(answer);
    }
}

/// The way into the journal for one worker. Cheap to clone; the task ends with the last clone.
#[derive(Debug, Clone)]
pub struct JournalWriter {
    sender: mpsc::Sender<Request>,
}

impl JournalWriter {
    /// Starts the writing tasks of the worker. More than one helps only PostgreSQL.
    pub fn start(database: &Database, worker: Uuid, announcer: &Announcer) -> Self {
        let (sender, receiver) = mpsc::channel(QUEUE);
        let task = Task { database: database.clone(), worker, announcer: announcer.clone() };
        tokio::spawn(task.run(receiver));
        Self { sender }
    }

    /// Durable when the future is ready.
    pub fn append(&self, append: Append) -> impl Future<Output = Answer> + Send {
        let (answer, answered) = oneshot::channel();
        let request = Request { append: Box::new(append), answer };
        async move {
            self.sender.send(request).await.map_err(|_| AppendError::Unavailable)?;
            answered.await.unwrap_or(Err(AppendError::Unavailable))
        }
    }
}

fn count_of(requests: &[Request]) -> f64 {
    f64::from(u32::try_from(requests.len()).unwrap_or(u32::MAX))
}

struct Task {
    database: Database,
    worker: Uuid,
    announcer: Announcer,
}

impl Task {
    async fn run(self, mut receiver: mpsc::Receiver<Request>) {
        let mut requests = Vec::new();
        loop {
            // Whoever was just answered may have its next append ready in a moment.
            for _ in 0..2 {
                tokio::task::yield_now().await;
            }
            if receiver.recv_many(&mut requests, BATCH).await == 0 {
                return;
            }
            metrics::histogram!("workflow_journal_batch_appends").record(count_of(&requests));
            self.write(&mut requests).await;
        }
    }

    async fn write(&self, requests: &mut Vec<Request>) {
        let appends: Vec<&Append> =
            requests.iter().map(|request| request.append.as_ref()).collect();
        match batch::write(&self.database, self.worker, &appends, batch::Repeat::First).await {
            Ok(live) => {
                for request in requests.drain(..) {
                    self.settle(request, &live);
                }
            }
            Err(error) => {
                warn!(
                    error = &error as &dyn std::error::Error,
                    "journal batch of {} appends failed, trying each by itself",
                    requests.len()
                );
                for request in requests.drain(..) {
                    self.write_alone(request).await;
                }
            }
        }
    }

    /// One bad append must not hold up others; and after a lost connection it is open whether the
    /// batch was committed, so rows that are there already count as written. Under the lease
    /// nobody else can have written them.
    async fn write_alone(&self, request: Request) {
        for _ in 0..TRIES {
            let append = [request.append.as_ref()];
            match batch::write(&self.database, self.worker, &append, batch::Repeat::Again).await {
                Ok(live) => return self.settle(request, &live),
                Err(error) => {
                    warn!(
                        error = &error as &dyn std::error::Error,
                        execution.id = %request.append.execution,
                        "append to the journal failed"
                    );
                    tokio::time::sleep(PAUSE).await;
                }
            }
        }
        request.answer(Err(AppendError::Unavailable));
    }

    fn settle(&self, request: Request, live: &batch::Live) {
        let append = &request.append;
        if !live.contains(&append.execution) {
            return request.answer(Err(AppendError::Fenced));
        }
        let count = i64::try_from(append.events.len()).unwrap_or(i64::MAX);
        metrics::counter!("workflow_journal_events_total").increment(append.events.len() as u64);
        if count > 0 {
            let seq = append.first_seq + count - 1;
            match append.projection.as_ref().filter(|new| new.lease == Lease::End) {
                Some(new) => self.announcer.ended(append.execution, seq, new.status),
                None => self.announcer.journalled(append.execution, seq),
            }
        }
        request.answer(Ok(()));
    }
}
