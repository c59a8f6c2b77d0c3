//! The batch as a few statements, which the connection runs one after the other in one go. Each
//! looks at the leases by itself; the one that changes them comes last.

use sea_orm::{DbErr, QueryResult};
use serde_json::{Value, json};
use shared_kernel::domain::Id;
use shared_kernel::infrastructure::db::{AtOnce, Backend, outbox_insert, outbox_rows};
use uuid::Uuid;

use super::{Batch, Live, projection};

/// Values of an event's row, and its lease's epoch.
const COLUMNS: usize = 7;
/// Rows are written in groups of so many, so that few different statements are kept prepared.
const GROUP: usize = 8;

/// What all parts ask about the leases.
struct Fence {
    worker: String,
    worker_lives: String,
    /// A row `d` of an execution's id and epoch, and the execution `e` if its lease is good.
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
}

pub(super) fn at_once(batch: &Batch<'_>) -> AtOnce {
    let mut work = AtOnce::default();
    let rows = bind_events(batch, &mut work);
    let fence = Fence::new(batch, &mut work);
    let mut parts = Vec::new();
    parts.extend(rows.map(|rows| events(batch, &fence, &rows)));
    parts.push(live(batch, &fence, &mut work));
    parts.extend(outbox(batch, &fence, &mut work));
    parts.extend(letters(batch, &fence, &mut work));
    parts.extend(projections(batch, &fence, &mut work));
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
pub(super) fn read(batch: &Batch<'_>, rows: &[QueryResult]) -> Result<Live, DbErr> {
    let listed: Option<String> = match rows.first() {
        Some(row) => row.try_get_by_index(0)?,
        None => return Ok(Live::new()),
    };
    match listed {
        None => Ok(batch.appends.iter().map(|append| append.execution).collect()),
        Some(list) => {
            let ids: Vec<Uuid> =
                serde_json::from_str(&list).map_err(|error| DbErr::Type(error.to_string()))?;
            Ok(ids.into_iter().map(Id::from).collect())
        }
    }
}

/// Binds each value by itself: what is put into JSON takes twice as long to get out again. They
/// come first and go by their place, since SQLite looks names up one by one. A last group that is
/// not full is filled with nulls, which fit no execution.
fn bind_events(batch: &Batch<'_>, work: &mut AtOnce) -> Option<String> {
    let mut rows: usize = 0;
    for (append, seq, row) in batch.events() {
        rows += 1;
        work.values.extend([
            append.execution.into(),
            append.epoch.into(),
            seq.into(),
            row.kind.into(),
            row.body.clone().into(),
            row.blob.clone().into(),
            row.at.into(),
        ]);
    }
    let full = rows.next_multiple_of(GROUP);
    work.values.resize(full * COLUMNS, None::<String>.into());
    (rows > 0).then(|| vec!["(?,?,?,?,?,?,?)"; full].join(","))
}

fn events(batch: &Batch<'_>, fence: &Fence, rows: &str) -> String {
    format!(
        "INSERT INTO execution_events (execution_id, seq, kind, payload, blob, at) \
         SELECT e.id, d.column3, d.column4, d.column5, d.column6, d.column7 \
         FROM (VALUES {rows}) AS d CROSS JOIN workflow_executions e \
         ON e.id = d.column1 AND e.epoch = d.column2 AND e.worker_id = {} \
         WHERE {}{}",
        fence.worker,
        fence.worker_lives,
        batch.repeat.on_conflict()
    )
}

fn outbox(batch: &Batch<'_>, fence: &Fence, work: &mut AtOnce) -> Option<String> {
    batch.outbox().next()?;
    work.events = true;
    let rows = work.bind(outbox_rows(batch.outbox()));
    let (insert, on_conflict) = (outbox_insert(Backend::Sqlite, &rows), batch.repeat.on_conflict());
    Some(format!(
        "{insert} WHERE new.value ->> 'aggregate_id' IN (SELECT d.value ->> 2 FROM {})\
         {on_conflict}",
        fence.live
    ))
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

fn projections(batch: &Batch<'_>, fence: &Fence, work: &mut AtOnce) -> Option<String> {
    let rows: Vec<Value> =
        batch.projections().map(|(append, new)| projection::row(append, new)).collect();
    if rows.is_empty() {
        return None;
    }
    let rows = work.bind(Value::from(rows).to_string());
    let set = projection::SET;
    Some(format!(
        "UPDATE workflow_executions AS e SET {set} FROM (SELECT unhex(value ->> 'id') AS id, \
         value ->> 'epoch' AS epoch, value ->> 'status' AS status, value ->> 'keeps' AS keeps, \
         value ->> 'yields' AS yields, value ->> 'parks' AS parks, \
         value ->> 'letters_taken' AS letters_taken, value ->> 'bytes' AS bytes, value ->> 'wake_at' AS wake_at, \
         value ->> 'cancel_taken' AS cancel_taken, value ->> 'finished_at' AS finished_at, \
         value ->> 'error' AS error, value ->> 'at' AS at FROM json_each({rows})) AS d \
         WHERE e.id = d.id AND e.epoch = d.epoch AND e.worker_id = {} AND {}",
        fence.worker, fence.worker_lives
    ))
}
