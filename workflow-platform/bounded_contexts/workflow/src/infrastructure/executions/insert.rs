//! New executions in one statement, or in one go.

use sea_orm::Value;
use shared_kernel::{
    domain::{DomainEvent, Id, Timestamp},
    infrastructure::db::{
        AtOnce, Backend,
        columns::{Column, Kind, insert, may, must},
        outbox_insert,
    },
};
use uuid::Uuid;

use crate::{
    application::executions::NewExecution,
    domain::execution::{JournalEvent, Origin},
    infrastructure::journal::{EVENT, EventRow},
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
    let mut work = AtOnce::default();
    let rows = executions(all, taken)?;
    let mut parts = vec![
        insert(backend, &mut work, "workflow_executions", &EXECUTION, rows),
        insert(backend, &mut work, "execution_events", &EVENT, first_events(all)),
    ];
    let labels = labels(all);
    if !labels.is_empty() {
        parts.push(insert(backend, &mut work, "execution_labels", &LABEL, labels));
    }
    let told: Vec<_> = all.iter().filter_map(|one| one.told.as_ref()).collect();
    if !told.is_empty() {
        // Without a condition SQLite takes what follows for that of a join.
        parts.push(format!("{} WHERE true", outbox_insert(backend, &mut work, told)));
    }
    let on_conflict = if again { " ON CONFLICT DO NOTHING" } else { "" };
    let parts: Vec<_> = parts.into_iter().map(|part| format!("{part}{on_conflict}")).collect();
    work.put_together(backend, &parts);
    Ok(work)
}

const EXECUTION: [Column; 21] = [
    must("id", Kind::Uuid),
    must("user_id", Kind::Uuid),
    must("definition_id", Kind::Uuid),
    must("definition_name", Kind::Text),
    must("definition_version", Kind::Int),
    must("status", Kind::Text),
    must("priority", Kind::Int),
    must("labels", Kind::Text),
    may("concurrency_key", Kind::Text),
    may("concurrency_limit", Kind::Int),
    must("created_at", Kind::BigInt),
    may("ready_at", Kind::BigInt),
    may("started_at", Kind::BigInt),
    may("worker_id", Kind::Uuid),
    must("epoch", Kind::BigInt),
    may("parent_id", Kind::Uuid),
    must("depth", Kind::Int),
    must("fragment", Kind::Int),
    must("bytes", Kind::BigInt),
    must("traceparent", Kind::Text),
    may("origin", Kind::Text),
];

fn executions(
    all: &[&Insertion],
    taken: Taken,
) -> Result<Vec<[Value; EXECUTION.len()]>, serde_json::Error> {
    let rows = all.iter().enumerate().map(|(place, one)| execution(one, taken.worker(place)));
    rows.collect()
}

fn execution(
    Insertion { new, created, .. }: &Insertion,
    worker: Option<Uuid>,
) -> Result<[Value; EXECUTION.len()], serde_json::Error> {
    let (ready_at, started_at) = match worker {
        None => (Some(new.created_at), None),
        Some(_) => (None, Some(new.created_at)),
    };
    let (key, limit) = new.concurrency.clone().unzip();
    Ok([
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
    ])
}

fn first_events(all: &[&Insertion]) -> Vec<[Value; EVENT.len()]> {
    all.iter().map(|one| one.created.clone().values(one.new.id, 1)).collect()
}

const LABEL: [Column; 5] = [
    must("user_id", Kind::Uuid),
    must("name", Kind::Text),
    must("value", Kind::Text),
    must("created_at", Kind::BigInt),
    must("execution_id", Kind::Uuid),
];

fn labels(all: &[&Insertion]) -> Vec<[Value; LABEL.len()]> {
    let of = |Insertion { new, .. }: &&Insertion| {
        let (owner, at, id) = (new.owner, new.created_at, new.id);
        let row = move |(name, value): (&String, &String)| {
            [owner.into(), name.clone().into(), value.clone().into(), at.into(), id.into()]
        };
        new.labels.iter().map(row).collect::<Vec<_>>()
    };
    all.iter().flat_map(of).collect()
}

fn number(value: u32) -> i32 {
    i32::try_from(value).unwrap_or(i32::MAX)
}
