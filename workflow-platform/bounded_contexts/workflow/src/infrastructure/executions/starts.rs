//! Group commit of starts: those that are asked for together are written together.

use sea_orm::DbErr;
use shared_kernel::infrastructure::db::Database;
use tokio::sync::{mpsc, oneshot};

use super::insert::{Insertion, Taken, insertion};
use crate::{
    application::executions::{Placed, StoreError, StoredEvent},
    infrastructure::{
        openings::{Handed, Openings, Reserved},
        queue::Claimed,
    },
};

/// Most starts in one transaction.
const BATCH: usize = 64;
/// Starts that may wait to be written; further ones make their callers wait.
const QUEUE: usize = 1024;

type Answer = Result<Placed, StoreError>;

struct Request {
    insertion: Insertion,
    answer: oneshot::Sender<Answer>,
}

impl Request {
    fn answer(self, answer: Answer) {
        // The caller may be gone; the execution is there all the same.
        let _ = self.answer.send(answer);
    }

    /// Executions with a key are counted when they are claimed.
    fn may_be_taken(&self) -> bool {
        self.insertion.new.concurrency.is_none()
    }
}

/// The way in for executions that need no transaction with anything else. The task ends with the
/// last clone.
#[derive(Clone)]
pub(super) struct StartWriter(mpsc::Sender<Request>);

impl StartWriter {
    pub fn start(database: Database, openings: Openings) -> Self {
        let (sender, receiver) = mpsc::channel(QUEUE);
        tokio::spawn(run(database, openings, receiver));
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

async fn run(database: Database, openings: Openings, mut receiver: mpsc::Receiver<Request>) {
    let mut requests = Vec::with_capacity(BATCH);
    while receiver.recv_many(&mut requests, BATCH).await > 0 {
        // Those that may be taken come first.
        requests.sort_by_key(|request| !request.may_be_taken());
        let wanted = requests.iter().take_while(|request| request.may_be_taken()).count();
        let reserved = openings.reserve(wanted);
        let taken = reserved.as_ref().map_or(Taken::NONE, |reserved| Taken {
            worker: reserved.worker,
            first: reserved.places,
        });
        let all: Vec<&Insertion> = requests.iter().map(|request| &request.insertion).collect();
        if write(&database, &all, taken, false).await.is_ok() {
            hand_over(reserved.as_ref(), requests.drain(..));
            continue;
        }
        // One that cannot be written must not hold up others; and whether a batch was committed
        // may be open: then the worker finds leases of its own that nobody drives.
        openings.settle(taken.worker, taken.first);
        for request in requests.drain(..) {
            let alone = write(&database, &[&request.insertion], Taken::NONE, true).await;
            request.answer(alone.map(|()| Placed::Queued));
        }
    }
}

fn hand_over(reserved: Option<&Reserved>, requests: impl Iterator<Item = Request>) {
    for (place, request) in requests.enumerate() {
        let reserved = reserved.filter(|reserved| place < reserved.places);
        let placed = reserved.map_or(Placed::Queued, |reserved| {
            reserved.fill(handed(&request.insertion));
            Placed::Taken
        });
        request.answer(Ok(placed));
    }
}

/// As its claim would give it.
fn handed(Insertion { new, begins, .. }: &Insertion) -> Handed {
    let claimed = Claimed {
        id: new.id,
        owner: new.owner,
        definition_id: new.definition_id,
        version: new.version,
        epoch: 1,
        cancel_requested: false,
        letters_taken: 0,
        letters: 0,
        parent: new.parent,
        is_fragment: new.fragment.is_some(),
        is_keyed: new.concurrency.is_some(),
        trace: Some(new.trace),
    };
    let first = StoredEvent { seq: 1, at: new.created_at, event: begins.clone() };
    Handed { claimed, history: vec![first] }
}

async fn write(
    database: &Database,
    all: &[&Insertion],
    taken: Taken,
    again: bool,
) -> Result<(), StoreError> {
    let work = insertion(database.backend(), all, taken, again)?;
    let written: Result<_, DbErr> = database.at_once(work).await;
    written?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use sea_orm::ConnectionTrait as _;
    use serde_json::{Value, json};
    use shared_kernel::domain::{DomainEvent, Id, Owner, Timestamp, TraceContext};
    use uuid::Uuid;

    use super::*;
    use crate::{
        application::executions::NewExecution, domain::execution::Retried,
        infrastructure::journal::EventRow,
    };

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
            trace: TraceContext::of(number + 1, 1, 0).unwrap(),
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
        let begins = Retried {}.into();
        Insertion { new, begins, created, told: Some(told) }
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
            let writer = StartWriter::start(test.database.clone(), Openings::default());
            let twice = (0..300).map(|number| writer.write(start(number % 150)));
            let written = futures::future::join_all(twice).await;
            assert!(written.iter().all(Result::is_ok), "{}", test.name);
            assert_eq!(counts(&test.database).await, [150; 4], "{}", test.name);
        }
    }

    #[tokio::test]
    async fn as_many_as_there_are_places_for_are_written_as_leased_by_the_worker() {
        for test in testkit::databases(&[crate::migrations as fn() -> _]).await {
            let openings = Openings::default();
            let writer = StartWriter::start(test.database.clone(), openings.clone());
            let mut handed = openings.open(Uuid::from_u128(5));
            openings.offer(3);
            // Those with an even number have a key.
            let all = (0..10).map(|number| writer.write(start(number)));
            let placed: Vec<_> = futures::future::join_all(all).await;
            let taken = placed.iter().filter(|placed| matches!(placed, Ok(Placed::Taken))).count();
            assert_eq!((taken, openings.reserved()), (3, 3), "{}", test.name);
            let first = handed.recv().await.unwrap();
            assert_eq!((first.claimed.epoch, first.history.len()), (1, 1));
            let leased = "SELECT count(*) FROM workflow_executions WHERE worker_id IS NOT NULL \
                          AND ready_at IS NULL AND started_at IS NOT NULL AND epoch = 1 \
                          AND status = 'running' AND concurrency_key IS NULL";
            let statement = test.database.statement(leased, []);
            let row = test.database.read().query_one_raw(statement).await.unwrap().unwrap();
            assert_eq!(row.try_get_by_index::<i64>(0).unwrap(), 3, "{}", test.name);
        }
    }

    #[tokio::test]
    async fn one_that_cannot_be_written_holds_up_no_other() {
        for test in testkit::databases(&[crate::migrations as fn() -> _]).await {
            let writer = StartWriter::start(test.database.clone(), Openings::default());
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
