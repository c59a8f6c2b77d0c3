//! The batch as a few statements, which the connection runs one after the other in one go. Each
//! looks at the leases by itself; the one that changes them comes last.

use sea_orm::{DbErr, QueryResult, Value as Parameter};
use serde_json::{Value, json};
use shared_kernel::{
    domain::DomainEvent,
    infrastructure::db::{AtOnce, outbox_into, outbox_values},
};
use uuid::Uuid;

use super::{
    super::append::events_into,
    Append, Batch, Numbered,
    projection::{Change, SET},
};

/// Values of an event's row, with its lease's epoch.
const EVENT: usize = 7;
/// Values of a row of the outbox, with its execution and the epoch.
const TOLD: usize = 13;
/// Rows are written in groups of so many, so that few different statements are kept prepared.
const GROUP: usize = 8;

/// What all parts ask about the leases.
struct Fence {
    worker: String,
    worker_lives: String,
    /// A row `d` of `leases`: an execution's id and epoch, and the execution `e` if its lease is good.
    live: String,
}

impl Fence {
    fn new(batch: &Batch<'_>, work: &mut AtOnce) -> Self {
        let leases = batch.appends.iter().map(|append| {
            let id = append.execution.uuid();
            json!([id.simple().to_string(), append.epoch, id.to_string()])
        });
        let worker = work.bind(batch.worker);
        let leases = work.bind(leases.collect::<Value>().to_string());
        let worker_lives = format!(
            "EXISTS (SELECT 1 FROM workflow_workers WHERE id = {worker} AND dead_at IS NULL)"
        );
        let live = format!(
            "json_each({leases}) AS d CROSS JOIN workflow_executions e \
             ON e.id = unhex(d.value ->> 0) AND e.epoch = d.value ->> 1 \
             AND e.worker_id = {worker} WHERE {worker_lives}"
        );
        Self { worker, worker_lives, live }
    }

    /// What a row must fit that has these columns.
    fn of_row(&self, execution: &str, epoch: &str) -> String {
        let Self { worker, worker_lives, .. } = self;
        format!(
            "CROSS JOIN workflow_executions e ON e.id = {execution} AND e.epoch = {epoch} \
             AND e.worker_id = {worker} WHERE {worker_lives}"
        )
    }
}

pub(super) fn at_once(batch: &Batch<'_>) -> AtOnce {
    let mut work = AtOnce::default();
    let events = bind(&mut work, EVENT, batch.events().map(event));
    let outbox = bind(&mut work, TOLD, batch.outbox().map(told));
    let changes = batch.projections().map(|(append, new)| Change::of(append, new).values());
    let changes = bind(&mut work, Change::COLUMNS.len(), changes);
    let fence = Fence::new(batch, &mut work);
    let mut parts = Vec::new();
    parts.extend(events.map(|rows| insert_events(batch, &fence, &rows)));
    parts.push(live(batch, &fence, &mut work));
    parts.extend(outbox.map(|rows| insert_outbox(batch, &fence, &rows, &mut work)));
    parts.extend(letters(batch, &fence, &mut work));
    parts.extend(changes.map(|rows| project(&fence, &rows)));
    work.sql = parts.join("; ");
    work
}

/// One row: null when as many events were written as there are, which is to say that all leases
/// are good, and otherwise the executions whose lease is. Each row that comes back wakes the
/// caller, so there is one and not one for each execution.
fn live(batch: &Batch<'_>, fence: &Fence, work: &mut AtOnce) -> String {
    let told_by_count = batch.appends.iter().all(|append| !append.events.is_empty());
    let count = i64::try_from(batch.events().count()).unwrap_or(i64::MAX);
    let count = work.bind(if told_by_count { count } else { -1 });
    format!(
        "SELECT CASE WHEN changes() = {count} THEN NULL ELSE \
         (SELECT json_group_array(d.value ->> 2) FROM {}) END",
        fence.live
    )
}

/// What `live` answered.
pub(super) fn read(row: &QueryResult) -> Result<Option<Vec<Uuid>>, DbErr> {
    let listed: Option<String> = row.try_get_by_index(0)?;
    let ids = listed.map(|list| serde_json::from_str(&list)).transpose();
    ids.map_err(|error| DbErr::Type(error.to_string()))
}

/// Binds each value of some rows by itself: what is put into JSON takes twice as long to get out
/// again. They come first and go by their place, in the order of the statements, since SQLite looks
/// names up one by one. A last group that is not full is filled with nulls, which fit no execution.
fn bind<const N: usize>(
    work: &mut AtOnce,
    columns: usize,
    rows: impl Iterator<Item = [Parameter; N]>,
) -> Option<String> {
    let before = work.values.len();
    work.values.extend(rows.flatten());
    let rows = (work.values.len() - before) / columns;
    let full = rows.next_multiple_of(GROUP);
    work.values.resize(before + full * columns, None::<String>.into());
    let row = format!("({})", vec!["?"; columns].join(","));
    (rows > 0).then(|| vec![row; full].join(","))
}

fn event((append, seq, row): Numbered<'_>) -> [Parameter; EVENT] {
    [
        append.execution.into(),
        append.epoch.into(),
        seq.into(),
        row.kind.into(),
        row.body.clone().into(),
        row.blob.clone().into(),
        row.at.into(),
    ]
}

fn insert_events(batch: &Batch<'_>, fence: &Fence, rows: &str) -> String {
    format!(
        "{} SELECT e.id, d.column3, d.column4, d.column5, d.column6, d.column7 \
         FROM (VALUES {rows}) AS d {}{}",
        events_into(),
        fence.of_row("d.column1", "d.column2"),
        batch.repeat.on_conflict()
    )
}

/// The values of an event for others, its execution and the epoch.
fn told((append, event): (&Append, &DomainEvent)) -> [Parameter; TOLD] {
    let mut values = [const { Parameter::Int(None) }; TOLD];
    let (of_event, of_lease) = values.split_at_mut(TOLD - 2);
    of_event.clone_from_slice(&outbox_values(event));
    of_lease.clone_from_slice(&[append.execution.into(), append.epoch.into()]);
    values
}

fn insert_outbox(batch: &Batch<'_>, fence: &Fence, rows: &str, work: &mut AtOnce) -> String {
    for (_, event) in batch.outbox() {
        work.tell(&event.kind);
    }
    let columns: Vec<_> = (1..=TOLD - 2).map(|number| format!("d.column{number}")).collect();
    format!(
        "{} SELECT {} FROM (VALUES {rows}) AS d {}{}",
        outbox_into(),
        columns.join(", "),
        fence.of_row(&format!("d.column{}", TOLD - 1), &format!("d.column{TOLD}")),
        batch.repeat.on_conflict()
    )
}

fn letters(batch: &Batch<'_>, fence: &Fence, work: &mut AtOnce) -> Option<String> {
    let ids: Vec<Value> = batch.letters().map(|id| id.simple().to_string().into()).collect();
    if ids.is_empty() {
        return None;
    }
    let ids = work.bind(Value::from(ids).to_string());
    Some(format!(
        "DELETE FROM execution_inbox WHERE id IN (SELECT unhex(value) FROM json_each({ids})) \
         AND execution_id IN (SELECT e.id FROM {})",
        fence.live
    ))
}

fn project(fence: &Fence, rows: &str) -> String {
    let columns = Change::COLUMNS.iter().zip(1..);
    let columns: Vec<_> =
        columns.map(|(column, number)| format!("column{number} AS {}", column.name())).collect();
    format!(
        "UPDATE workflow_executions AS e SET {SET} FROM (SELECT {} FROM (VALUES {rows})) AS d \
         WHERE e.id = d.id AND e.epoch = d.epoch AND e.worker_id = {} AND {}",
        columns.join(", "),
        fence.worker,
        fence.worker_lives
    )
}
