//! The batch as one statement: a CTE for each part, all of which see the same leases.

use sea_orm::{DbErr, QueryResult};
use shared_kernel::infrastructure::db::{AtOnce, Backend, columns::arrays, outbox_insert};
use uuid::Uuid;

use super::{
    super::append::{EVENT, events_into},
    Batch,
    projection::{Change, SET},
};

pub(super) fn at_once(batch: &Batch<'_>) -> AtOnce {
    let mut work = AtOnce::default();
    let mut parts = vec![fence(batch, &mut work)];
    parts.extend(events(batch, &mut work));
    parts.extend(projections(batch, &mut work));
    parts.extend(outbox(batch, &mut work));
    parts.extend(letters(batch, &mut work));
    let live = live(batch, &mut work);
    work.sql = format!("WITH {} {live}", parts.join(", "));
    work
}

/// One row, since each that comes back costs its reader: null when all leases are good, and otherwise
/// the executions whose lease is.
fn live(batch: &Batch<'_>, work: &mut AtOnce) -> String {
    let all = work.bind(i64::try_from(batch.appends.len()).unwrap_or(i64::MAX));
    format!(
        "SELECT CASE WHEN count(*) < {all} THEN COALESCE(array_agg(id), ARRAY[]::uuid[]) END \
         FROM live"
    )
}

/// What `live` answered.
pub(super) fn read(row: &QueryResult) -> Result<Option<Vec<Uuid>>, DbErr> {
    row.try_get_by_index(0)
}

/// A take-over changes the worker's row first, so the shared lock on it holds all leases still. Each
/// execution is looked up by its id: a planner without statistics would go through all leases.
fn fence(batch: &Batch<'_>, work: &mut AtOnce) -> String {
    let ids: Vec<Uuid> = batch.appends.iter().map(|append| append.execution.uuid()).collect();
    let epochs: Vec<i64> = batch.appends.iter().map(|append| append.epoch).collect();
    let (worker, ids, epochs) = (work.bind(batch.worker), work.bind(ids), work.bind(epochs));
    format!(
        "fence AS MATERIALIZED ( \
           SELECT id FROM workflow_workers WHERE id = {worker} AND dead_at IS NULL FOR SHARE), \
         live AS MATERIALIZED (SELECT e.id FROM fence \
           CROSS JOIN unnest({ids}::uuid[], {epochs}::bigint[]) AS d(id, epoch) \
           CROSS JOIN LATERAL (SELECT id, epoch, worker_id FROM workflow_executions \
             WHERE id = d.id LIMIT 1) AS e \
           WHERE e.epoch = d.epoch AND e.worker_id = fence.id)"
    )
}

fn events(batch: &Batch<'_>, work: &mut AtOnce) -> Option<String> {
    batch.events().next()?;
    let rows = batch.events().map(|(append, seq, row)| row.clone().values(append.execution, seq));
    let rows = arrays(work, &EVENT, rows);
    let on_conflict = batch.repeat.on_conflict();
    Some(format!(
        "events AS ({} SELECT d.* FROM ({rows}) AS d \
         WHERE d.execution_id IN (SELECT id FROM live){on_conflict})",
        events_into()
    ))
}

fn projections(batch: &Batch<'_>, work: &mut AtOnce) -> Option<String> {
    batch.projections().next()?;
    let changes = batch.projections().map(|(append, new)| Change::of(append, new).values());
    let rows = arrays(work, &Change::COLUMNS, changes);
    Some(format!(
        "projections AS (UPDATE workflow_executions AS e SET {SET} FROM ({rows}) AS d \
         WHERE e.id = d.id AND d.id IN (SELECT id FROM live))"
    ))
}

fn outbox(batch: &Batch<'_>, work: &mut AtOnce) -> Option<String> {
    batch.outbox().next()?;
    let events = batch.outbox().map(|(_, event)| event);
    let insert = outbox_insert(Backend::Postgres, work, events);
    let on_conflict = batch.repeat.on_conflict();
    Some(format!(
        "told AS ({insert} WHERE new.aggregate_id IN (SELECT id::text FROM live){on_conflict})"
    ))
}

fn letters(batch: &Batch<'_>, work: &mut AtOnce) -> Option<String> {
    let ids: Vec<Uuid> = batch.letters().collect();
    if ids.is_empty() {
        return None;
    }
    let ids = work.bind(ids);
    Some(format!(
        "letters AS (DELETE FROM execution_inbox WHERE id = ANY({ids}::uuid[]) \
         AND execution_id IN (SELECT id FROM live))"
    ))
}
