//! One transaction of the journal: fence, events, projections, outbox.

use std::collections::HashSet;

use sea_orm::{ConnectionTrait as _, DbErr, Statement};
use serde_json::{Value, json};
use shared_kernel::{
    domain::{DomainEvent, Execution, Id, Timestamp},
    infrastructure::db::{Backend, Database, UnitOfWork},
};
use uuid::Uuid;

use crate::infrastructure::queue;

use super::{Append, EventRow, Lease, Projection};

/// Executions of the batch whose lease is good.
pub(super) type Live = HashSet<Id<Execution>>;

/// Whether rows may be there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Repeat {
    First,
    /// An earlier try may have been committed without our hearing of it.
    Again,
}

/// Writes what the fence lets through and answers which executions that was.
pub(super) async fn write(
    database: &Database,
    worker: Uuid,
    appends: &[&Append],
    repeat: Repeat,
) -> Result<Live, DbErr> {
    let mut work = database.begin().await?;
    let live = live(&work, worker, appends).await?;
    let good: Vec<&Append> =
        appends.iter().copied().filter(|append| live.contains(&append.execution)).collect();
    insert_events(&work, &good, repeat).await?;
    update_projections(&work, &good).await?;
    for append in &good {
        queue::delete(&work, &append.letters).await?;
    }
    for event in good.iter().flat_map(|append| &append.outbox) {
        record(&mut work, event, repeat).await?;
    }
    work.commit().await?;
    Ok(live)
}

/// Locks the worker's own row against a take-over, then compares the leases.
async fn live(work: &UnitOfWork, worker: Uuid, appends: &[&Append]) -> Result<Live, DbErr> {
    let statement = match work.database().backend() {
        Backend::Postgres => live_postgres(work.database(), worker, appends),
        Backend::Sqlite => live_sqlite(work.database(), worker, appends),
    };
    let rows = work.conn().query_all_raw(statement).await?;
    rows.iter().map(|row| row.try_get_by_index::<Uuid>(0).map(Id::from)).collect()
}

fn live_postgres(database: &Database, worker: Uuid, appends: &[&Append]) -> Statement {
    let ids: Vec<Uuid> = appends.iter().map(|append| append.execution.uuid()).collect();
    let epochs: Vec<i64> = appends.iter().map(|append| append.epoch).collect();
    database.statement(
        "WITH fence AS MATERIALIZED ( \
           SELECT id FROM workflow_workers WHERE id = $1 AND dead_at IS NULL FOR SHARE) \
         SELECT e.id FROM fence \
         CROSS JOIN unnest($2::uuid[], $3::bigint[]) AS d(id, epoch) \
         JOIN workflow_executions e ON e.id = d.id AND e.epoch = d.epoch AND e.worker_id = fence.id",
        [worker.into(), ids.into(), epochs.into()],
    )
}

fn live_sqlite(database: &Database, worker: Uuid, appends: &[&Append]) -> Statement {
    let leases: Vec<Value> = appends
        .iter()
        .map(|append| json!([append.execution.uuid().simple().to_string(), append.epoch]))
        .collect();
    database.statement(
        "SELECT e.id FROM json_each($2) d \
         JOIN workflow_executions e ON e.id = unhex(json_extract(d.value, '$[0]')) \
           AND e.epoch = json_extract(d.value, '$[1]') \
         WHERE e.worker_id = $1 \
           AND EXISTS (SELECT 1 FROM workflow_workers WHERE id = $1 AND dead_at IS NULL)",
        [worker.into(), Value::from(leases).to_string().into()],
    )
}

/// An event of an execution and its number.
type Numbered<'a> = (Uuid, i64, &'a EventRow);

/// Numbers the events of all appends.
fn numbered<'a>(appends: &'a [&Append]) -> impl Iterator<Item = Numbered<'a>> {
    appends.iter().flat_map(|append| {
        let id = append.execution.uuid();
        (append.first_seq..).zip(&append.events).map(move |(seq, row)| (id, seq, row))
    })
}

async fn insert_events(
    work: &UnitOfWork,
    appends: &[&Append],
    repeat: Repeat,
) -> Result<(), DbErr> {
    insert(work, numbered(appends).collect(), repeat).await
}

/// Writes events of one execution within somebody else's transaction. No worker may hold it.
pub(crate) async fn insert_rows(
    work: &UnitOfWork,
    execution: Id<Execution>,
    first_seq: i64,
    rows: &[EventRow],
) -> Result<(), DbErr> {
    let id = execution.uuid();
    insert(work, (first_seq..).zip(rows).map(|(seq, row)| (id, seq, row)).collect(), Repeat::First)
        .await
}

async fn insert(work: &UnitOfWork, rows: Vec<Numbered<'_>>, repeat: Repeat) -> Result<(), DbErr> {
    if rows.is_empty() {
        return Ok(());
    }
    let statement = match work.database().backend() {
        Backend::Postgres => insert_postgres(work.database(), rows, repeat),
        Backend::Sqlite => insert_sqlite(work.database(), rows, repeat),
    };
    work.conn().execute_raw(statement).await?;
    Ok(())
}

const fn on_conflict(repeat: Repeat) -> &'static str {
    match repeat {
        Repeat::First => "",
        Repeat::Again => " ON CONFLICT DO NOTHING",
    }
}

fn insert_postgres(database: &Database, rows: Vec<Numbered<'_>>, repeat: Repeat) -> Statement {
    let mut columns = (Vec::new(), Vec::new(), Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for (id, seq, row) in rows {
        columns.0.push(id);
        columns.1.push(seq);
        columns.2.push(row.kind.to_owned());
        columns.3.push(row.body.clone());
        columns.4.push(row.blob.clone().unwrap_or_default());
        columns.5.push(row.at.micros());
    }
    database.statement(
        format!(
            "INSERT INTO execution_events (execution_id, seq, kind, payload, blob, at) \
             SELECT id, seq, kind, payload, NULLIF(blob, ''), at FROM unnest($1::uuid[], \
             $2::bigint[], $3::text[], $4::text[], $5::text[], $6::bigint[]) \
             AS d(id, seq, kind, payload, blob, at){}",
            on_conflict(repeat)
        ),
        [
            columns.0.into(),
            columns.1.into(),
            columns.2.into(),
            columns.3.into(),
            columns.4.into(),
            columns.5.into(),
        ],
    )
}

fn insert_sqlite(database: &Database, rows: Vec<Numbered<'_>>, repeat: Repeat) -> Statement {
    let rows: Vec<Value> = rows
        .into_iter()
        .map(|(id, seq, row)| {
            json!([id.simple().to_string(), seq, row.kind, row.body, row.blob, row.at.micros()])
        })
        .collect();
    database.statement(
        format!(
            "INSERT INTO execution_events (execution_id, seq, kind, payload, blob, at) \
             SELECT unhex(value ->> 0), value ->> 1, value ->> 2, value ->> 3, value ->> 4, \
             value ->> 5 FROM json_each($1) WHERE true{}",
            on_conflict(repeat)
        ),
        [Value::from(rows).to_string().into()],
    )
}

fn projection_json(append: &Append, projection: &Projection) -> Value {
    let wake_at = match projection.lease {
        Lease::Park(at) => at.map(Timestamp::micros),
        Lease::Yield | Lease::Keep | Lease::End => None,
    };
    let finished = projection.status.is_final().then_some(projection.at.micros());
    json!({
        "id": append.execution.uuid().simple().to_string(),
        "status": projection.status.as_str(),
        "keeps": i32::from(projection.lease == Lease::Keep),
        "yields": i32::from(projection.lease == Lease::Yield),
        "parks": i32::from(matches!(projection.lease, Lease::Park(_))),
        "letters_taken": projection.letters_taken,
        "wake_at": wake_at,
        "cancel_taken": i32::from(projection.cancel_taken || finished.is_some()),
        "finished_at": finished,
        "error": projection.error.as_ref().and_then(|error| serde_json::to_string(error).ok()),
        "at": projection.at.micros(),
    })
}

/// A parked execution that somebody wants cancelled or writes to in this very moment stays in the
/// queue.
const SET_PROJECTION: &str = "status = d.status, \
     worker_id = CASE WHEN d.keeps = 1 THEN e.worker_id END, \
     wake_at = CASE WHEN (e.cancel_at IS NULL OR d.cancel_taken = 1) \
       AND e.letters <= d.letters_taken THEN d.wake_at END, \
     ready_at = CASE WHEN d.yields = 1 OR (d.parks = 1 AND (e.letters > d.letters_taken \
       OR (e.cancel_at IS NOT NULL AND d.cancel_taken = 0))) THEN d.at END, \
     letters_taken = d.letters_taken, \
     cancel_at = CASE WHEN d.cancel_taken = 0 THEN e.cancel_at END, \
     finished_at = d.finished_at, error = d.error";

async fn update_projections(work: &UnitOfWork, appends: &[&Append]) -> Result<(), DbErr> {
    let rows: Vec<Value> = appends
        .iter()
        .filter_map(|append| Some(projection_json(append, append.projection.as_ref()?)))
        .collect();
    if rows.is_empty() {
        return Ok(());
    }
    let source = match work.database().backend() {
        Backend::Postgres => {
            "jsonb_to_recordset($1::jsonb) AS d(id uuid, status text, keeps int, yields int, \
             parks int, \
             letters_taken bigint, wake_at bigint, cancel_taken int, finished_at bigint, error text, at bigint) \
             WHERE e.id = d.id"
        }
        Backend::Sqlite => {
            "(SELECT unhex(value ->> 'id') AS id, value ->> 'status' AS status, \
             value ->> 'keeps' AS keeps, value ->> 'yields' AS yields, \
             value ->> 'parks' AS parks, value ->> 'letters_taken' AS letters_taken, \
             value ->> 'wake_at' AS wake_at, value ->> 'cancel_taken' AS cancel_taken, \
             value ->> 'finished_at' AS finished_at, value ->> 'error' AS error, \
             value ->> 'at' AS at FROM json_each($1)) AS d WHERE e.id = d.id"
        }
    };
    let sql = format!("UPDATE workflow_executions AS e SET {SET_PROJECTION} FROM {source}");
    let values = [Value::from(rows).to_string().into()];
    work.conn().execute_raw(work.database().statement(sql, values)).await?;
    Ok(())
}

async fn record(work: &mut UnitOfWork, event: &DomainEvent, repeat: Repeat) -> Result<(), DbErr> {
    if repeat == Repeat::Again {
        let known =
            work.database().statement("SELECT 1 FROM outbox WHERE id = $1", [event.id.into()]);
        if work.conn().query_one_raw(known).await?.is_some() {
            return Ok(());
        }
    }
    work.record(event).await
}
