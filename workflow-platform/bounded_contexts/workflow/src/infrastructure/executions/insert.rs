//! New executions in one statement, or in one go.

use sea_orm::Value;
use shared_kernel::{
    domain::{DomainEvent, Id, Timestamp},
    infrastructure::db::{AtOnce, Backend, outbox_insert, outbox_rows},
};

use uuid::Uuid;

use crate::{
    application::executions::NewExecution,
    domain::execution::{JournalEvent, Origin},
    infrastructure::journal::EventRow,
};

/// An execution about to be written.
#[derive(Debug, Clone)]
pub(super) struct Insertion {
    pub new: NewExecution,
    /// The first event, and its row.
    pub begins: JournalEvent,
    pub created: EventRow,
    /// What others are told.
    pub told: Option<DomainEvent>,
}

/// How many of the first starts are leased as they are written, and by which worker.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Taken {
    pub worker: Uuid,
    pub first: usize,
}

impl Taken {
    pub const NONE: Self = Self { worker: Uuid::nil(), first: 0 };

    fn worker(self, place: usize) -> Option<Uuid> {
        (place < self.first).then_some(self.worker)
    }
}

/// The rows, the first events, the labels by which they are found, and what others are told. With
/// `again`, what is there already stays as it is.
pub(super) fn insertion(
    backend: Backend,
    all: &[&Insertion],
    taken: Taken,
    again: bool,
) -> Result<AtOnce, serde_json::Error> {
    let mut rows = Rows { backend, work: AtOnce::default() };
    let mut parts = vec![executions(&mut rows, all, taken)?, first_events(&mut rows, all)];
    parts.extend(labels(&mut rows, all));
    let mut work = rows.work;
    let told: Vec<_> = all.iter().filter_map(|one| one.told.as_ref()).collect();
    if !told.is_empty() {
        work.events = true;
        let events = work.bind(outbox_rows(told));
        // Without a condition SQLite takes what follows for that of a join.
        parts.push(format!("{} WHERE true", outbox_insert(backend, &events)));
    }
    let on_conflict = if again { " ON CONFLICT DO NOTHING" } else { "" };
    let parts: Vec<_> = parts.into_iter().map(|part| format!("{part}{on_conflict}")).collect();
    work.put_together(backend, &parts);
    Ok(work)
}

/// Rows of values. SQLite looks names of parameters up one by one, so there they go by their
/// place; each is used once, in the order of the text.
struct Rows {
    backend: Backend,
    work: AtOnce,
}

impl Rows {
    fn row<const N: usize>(&mut self, values: [Value; N]) -> String {
        let places = values.map(|value| {
            let named = self.work.bind(value);
            match self.backend {
                Backend::Postgres => named,
                Backend::Sqlite => "?".to_owned(),
            }
        });
        format!("({})", places.join(", "))
    }
}

const EXECUTIONS: &str = "INSERT INTO workflow_executions (id, user_id, definition_id, \
     definition_name, definition_version, status, priority, labels, concurrency_key, \
     concurrency_limit, created_at, ready_at, started_at, worker_id, epoch, parent_id, depth, \
     fragment, bytes, traceparent, origin) VALUES";

fn executions(
    rows: &mut Rows,
    all: &[&Insertion],
    taken: Taken,
) -> Result<String, serde_json::Error> {
    let mut values = Vec::with_capacity(all.len());
    for (place, Insertion { new, created, .. }) in all.iter().enumerate() {
        let worker = taken.worker(place);
        let (ready_at, started_at) = match worker {
            None => (Some(new.created_at), None),
            Some(_) => (None, Some(new.created_at)),
        };
        let (key, limit) = new.concurrency.clone().unzip();
        values.push(rows.row([
            new.id.into(),
            new.owner.into(),
            new.definition_id.into(),
            new.definition_name.clone().into(),
            number(new.version).into(),
            if worker.is_some() { "running" } else { "pending" }.into(),
            new.priority.into(),
            serde_json::to_string(&new.labels)?.into(),
            key.into(),
            limit.map(number).into(),
            new.created_at.into(),
            ready_at.map(Timestamp::micros).into(),
            started_at.map(Timestamp::micros).into(),
            worker.into(),
            i64::from(worker.is_some()).into(),
            new.parent.map(Id::uuid).into(),
            number(new.depth).into(),
            i32::from(new.fragment.is_some()).into(),
            created.size.into(),
            new.trace.to_string().into(),
            Origin::of(&new.trigger).map(Origin::as_str).into(),
        ]));
    }
    Ok(format!("{EXECUTIONS} {}", values.join(", ")))
}

const EVENTS: &str =
    "INSERT INTO execution_events (execution_id, seq, kind, payload, blob, at) VALUES";

fn first_events(rows: &mut Rows, all: &[&Insertion]) -> String {
    let value = |Insertion { new, created, .. }: &&Insertion| {
        let EventRow { kind, body, blob, at, .. } = created.clone();
        rows.row([new.id.into(), 1_i64.into(), kind.into(), body.into(), blob.into(), at.into()])
    };
    let values: Vec<String> = all.iter().map(value).collect();
    format!("{EVENTS} {}", values.join(", "))
}

const LABELS: &str =
    "INSERT INTO execution_labels (user_id, name, value, created_at, execution_id) VALUES";

fn labels(rows: &mut Rows, all: &[&Insertion]) -> Option<String> {
    let mut values = Vec::new();
    for Insertion { new, .. } in all {
        for (name, value) in &new.labels {
            let (owner, at, id) = (new.owner.into(), new.created_at.into(), new.id.into());
            values.push(rows.row([owner, name.clone().into(), value.clone().into(), at, id]));
        }
    }
    (!values.is_empty()).then(|| format!("{LABELS} {}", values.join(", ")))
}

fn number(value: u32) -> i32 {
    i32::try_from(value).unwrap_or(i32::MAX)
}
