//! The batch as a few statements, which the connection runs one after the other in one go. Each
//! looks at the leases by itself; the one that changes them comes last.

use serde_json::{Value, json};
use shared_kernel::infrastructure::db::{AtOnce, Backend, outbox_insert, outbox_rows};

use super::{Batch, projection};

/// A row `d` of an execution's id and epoch, and the execution `e` if its lease is good. `$1` is
/// the worker, `$2` the leases.
const LIVE: &str = "json_each($2) AS d CROSS JOIN workflow_executions e \
     ON e.id = unhex(d.value ->> 0) AND e.epoch = d.value ->> 1 AND e.worker_id = $1 \
     WHERE EXISTS (SELECT 1 FROM workflow_workers WHERE id = $1 AND dead_at IS NULL)";

pub(super) fn at_once(batch: &Batch<'_>) -> AtOnce {
    let mut work = AtOnce::default();
    work.bind(batch.worker);
    let leases = batch.appends.iter().map(|append| {
        let id = append.execution.uuid();
        json!([id.simple().to_string(), append.epoch, id.to_string()])
    });
    work.bind(Value::from_iter(leases).to_string());
    let mut parts = Vec::new();
    parts.extend(events(batch, &mut work));
    parts.extend(outbox(batch, &mut work));
    parts.extend(letters(batch, &mut work));
    parts.push(format!("SELECT e.id FROM {LIVE}"));
    parts.extend(projections(batch, &mut work));
    work.sql = parts.join("; ");
    work
}

fn events(batch: &Batch<'_>, work: &mut AtOnce) -> Option<String> {
    let row = |(append, seq, row): super::Numbered<'_>| {
        let id = append.execution.uuid().simple().to_string();
        json!([id, append.epoch, seq, row.kind, row.body, row.blob, row.at.micros()])
    };
    let rows: Vec<Value> = batch.events().map(row).collect();
    if rows.is_empty() {
        return None;
    }
    let rows = work.bind(Value::from(rows).to_string());
    let (live, on_conflict) = (LIVE.replace("$2", &rows), batch.repeat.on_conflict());
    Some(format!(
        "INSERT INTO execution_events (execution_id, seq, kind, payload, blob, at) \
         SELECT e.id, d.value ->> 2, d.value ->> 3, d.value ->> 4, d.value ->> 5, d.value ->> 6 \
         FROM {live}{on_conflict}"
    ))
}

fn outbox(batch: &Batch<'_>, work: &mut AtOnce) -> Option<String> {
    batch.outbox().next()?;
    work.events = true;
    let rows = work.bind(outbox_rows(batch.outbox()));
    let (insert, on_conflict) = (outbox_insert(Backend::Sqlite, &rows), batch.repeat.on_conflict());
    Some(format!(
        "{insert} WHERE new.value ->> 'aggregate_id' IN (SELECT d.value ->> 2 FROM {LIVE})\
         {on_conflict}"
    ))
}

fn letters(batch: &Batch<'_>, work: &mut AtOnce) -> Option<String> {
    let ids: Vec<Value> = batch.letters().map(|id| id.simple().to_string().into()).collect();
    if ids.is_empty() {
        return None;
    }
    let ids = work.bind(Value::from(ids).to_string());
    Some(format!(
        "DELETE FROM execution_inbox WHERE id IN (SELECT unhex(value) FROM json_each({ids})) \
         AND execution_id IN (SELECT e.id FROM {LIVE})"
    ))
}

fn projections(batch: &Batch<'_>, work: &mut AtOnce) -> Option<String> {
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
         value ->> 'letters_taken' AS letters_taken, value ->> 'wake_at' AS wake_at, \
         value ->> 'cancel_taken' AS cancel_taken, value ->> 'finished_at' AS finished_at, \
         value ->> 'error' AS error, value ->> 'at' AS at FROM json_each({rows})) AS d \
         WHERE e.id = d.id AND e.epoch = d.epoch AND e.worker_id = $1 \
         AND EXISTS (SELECT 1 FROM workflow_workers WHERE id = $1 AND dead_at IS NULL)"
    ))
}
