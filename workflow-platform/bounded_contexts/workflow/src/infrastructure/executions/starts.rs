//! Group commit of starts: those that are asked for together are written together.

use sea_orm::DbErr;
use shared_kernel::infrastructure::db::Database;
use tokio::sync::{mpsc, oneshot};

use super::insert::{Insertion, insertion};
use crate::application::executions::StoreError;

/// Most starts in one transaction.
const BATCH: usize = 64;
/// Starts that may wait to be written; further ones make their callers wait.
const QUEUE: usize = 1024;

type Answer = Result<(), StoreError>;

struct Request {
    insertion: Insertion,
    answer: oneshot::Sender<Answer>,
}

impl Request {
    fn answer(self, answer: Answer) {
        // The caller may be gone; the execution is there all the same.
        let _ = self.answer.send(answer);
    }
}

/// The way in for executions that need no transaction with anything else. The task ends with the
/// last clone.
#[derive(Clone)]
pub(super) struct StartWriter(mpsc::Sender<Request>);

impl StartWriter {
    pub fn start(database: Database) -> Self {
        let (sender, receiver) = mpsc::channel(QUEUE);
        tokio::spawn(run(database, receiver));
        Self(sender)
    }

    /// Durable when this returns.
    pub async fn write(&self, insertion: Insertion) -> Answer {
        let (answer, answered) = oneshot::channel();
        let request = Request { insertion, answer };
        let gone = || StoreError::Row("nobody writes starts any more".to_owned());
        self.0.send(request).await.map_err(|_| gone())?;
        answered.await.unwrap_or_else(|_| Err(gone()))
    }
}

async fn run(database: Database, mut receiver: mpsc::Receiver<Request>) {
    let mut requests = Vec::with_capacity(BATCH);
    while receiver.recv_many(&mut requests, BATCH).await > 0 {
        let all: Vec<&Insertion> = requests.iter().map(|request| &request.insertion).collect();
        match write(&database, &all, false).await {
            Ok(()) => requests.drain(..).for_each(|request| request.answer(Ok(()))),
            // One that cannot be written must not hold up others; and whether a batch was
            // committed may be open.
            Err(_) => {
                for request in requests.drain(..) {
                    let alone = write(&database, &[&request.insertion], true).await;
                    request.answer(alone);
                }
            }
        }
    }
}

async fn write(database: &Database, all: &[&Insertion], again: bool) -> Result<(), StoreError> {
    let work = insertion(database.backend(), all, again)?;
    let written: Result<_, DbErr> = database.at_once(work).await;
    written?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use sea_orm::ConnectionTrait as _;
    use serde_json::{Value, json};
    use shared_kernel::domain::{DomainEvent, Id, Owner, Timestamp};
    use uuid::Uuid;

    use super::*;
    use crate::{application::executions::NewExecution, infrastructure::journal::EventRow};

    const AT: Timestamp = Timestamp::from_micros(1_800_000_000_000_000);

    fn start(number: u128) -> Insertion {
        let (id, owner) = (Uuid::from_u128(number), Owner::new(Uuid::from_u128(7).into()));
        let new = NewExecution {
            id: id.into(),
            owner,
            definition_id: Uuid::from_u128(1),
            definition_name: "named".to_owned(),
            version: 1,
            params: Value::Null,
            vars: Value::Null,
            labels: BTreeMap::from([("number".to_owned(), number.to_string())]),
            priority: 0,
            trigger: json!({ "kind": "manual" }),
            concurrency: number.is_multiple_of(2).then(|| ("key".to_owned(), 3)),
            parent: None,
            depth: 0,
            fragment: None,
            created_at: AT,
            request_id: None,
        };
        let body = "{}".to_owned();
        let created = EventRow { kind: "execution.created", body, blob: None, size: 2, at: AT };
        let told = DomainEvent {
            id: Id::from(id),
            kind: "execution.started".to_owned(),
            version: 1,
            aggregate: "execution".to_owned(),
            aggregate_id: id.to_string(),
            user: Some(owner.user()),
            payload: json!({}),
            occurred_at: AT,
            request_id: None,
        };
        Insertion { new, created, told: Some(told) }
    }

    async fn counts(database: &Database) -> Vec<i64> {
        let mut counts = Vec::new();
        for table in ["workflow_executions", "execution_events", "execution_labels", "outbox"] {
            let statement = database.statement(format!("SELECT count(*) FROM {table}"), []);
            let row = database.read().query_one_raw(statement).await.unwrap().unwrap();
            counts.push(row.try_get_by_index(0).unwrap());
        }
        counts
    }

    #[tokio::test]
    async fn starts_that_come_together_are_each_written_once() {
        for test in testkit::databases(&[crate::migrations as fn() -> _]).await {
            let writer = StartWriter::start(test.database.clone());
            let twice = (0..300).map(|number| writer.write(start(number % 150)));
            let written = futures::future::join_all(twice).await;
            assert!(written.iter().all(Result::is_ok), "{}", test.name);
            assert_eq!(counts(&test.database).await, [150; 4], "{}", test.name);
        }
    }

    #[tokio::test]
    async fn one_that_cannot_be_written_holds_up_no_other() {
        for test in testkit::databases(&[crate::migrations as fn() -> _]).await {
            let writer = StartWriter::start(test.database.clone());
            let mut bad = start(1);
            bad.new.definition_name = "too long for PostgreSQL".repeat(10);
            let (good, bad, other) =
                tokio::join!(writer.write(start(2)), writer.write(bad), writer.write(start(3)));
            let is_checked = test.name == "postgres";
            assert!(good.is_ok() && other.is_ok() && bad.is_err() == is_checked, "{}", test.name);
            assert_eq!(counts(&test.database).await, [if is_checked { 2 } else { 3 }; 4]);
        }
    }
}
