//! Deliveries and their attempts through plain SQL.

use std::time::Duration;

use sea_orm::{ConnectionTrait as _, QueryResult, Value};
use shared_kernel::{
    domain::{Cursor, Id, Owner, Page, Timestamp},
    infrastructure::db::Database,
};
use uuid::Uuid;

use crate::{
    application::{DeliveryQuery, StoreError},
    domain::{Attempt, Delivery, DeliveryState, Endpoint},
    infrastructure::{keyset, number, signed, time},
};

const PUT: &str = "INSERT INTO webhook_deliveries \
     (id, endpoint_id, user_id, automation_id, kind, body, state, attempts, tries, due_at, \
     created_at) SELECT $1, $2, $3, $4, $5, $6, 'pending', 0, 0, $7, $8 \
     WHERE $9 > (SELECT COUNT(*) FROM (SELECT 1 FROM webhook_deliveries \
     WHERE endpoint_id = $2 AND state = 'pending' LIMIT $9) AS waiting) \
     ON CONFLICT (id) DO NOTHING";
const OLD_ATTEMPTS: &str = "DELETE FROM webhook_attempts WHERE (delivery_id, number) IN \
     (SELECT delivery_id, number FROM webhook_attempts WHERE at < $1 ORDER BY at LIMIT $2)";
const OLD_DELIVERIES: &str = "DELETE FROM webhook_deliveries WHERE id IN \
     (SELECT id FROM webhook_deliveries WHERE created_at < $1 ORDER BY created_at LIMIT $2)";

fn status(row: &QueryResult) -> Result<Option<u16>, StoreError> {
    let status: Option<i32> = row.try_get("", "status")?;
    Ok(status.and_then(|status| u16::try_from(status).ok()))
}

pub(super) fn delivery(row: &QueryResult) -> Result<Delivery, StoreError> {
    let state: String = row.try_get("", "state")?;
    Ok(Delivery {
        id: Id::from(row.try_get::<Uuid>("", "id")?),
        endpoint: Id::from(row.try_get::<Uuid>("", "endpoint_id")?),
        owner: Owner::new(row.try_get::<Uuid>("", "user_id")?.into()),
        automation: row.try_get::<Option<Uuid>>("", "automation_id")?.map(Id::from),
        kind: row.try_get("", "kind")?,
        body: row.try_get("", "body")?,
        state: DeliveryState::parse(&state).ok_or(StoreError::Row(state))?,
        attempts: number(row, "attempts")?,
        tries: number(row, "tries")?,
        due_at: Timestamp::from_micros(row.try_get("", "due_at")?),
        status: status(row)?,
        error: row.try_get("", "error")?,
        created_at: Timestamp::from_micros(row.try_get("", "created_at")?),
        ended_at: time(row, "ended_at")?,
    })
}

fn attempt(row: &QueryResult) -> Result<Attempt, StoreError> {
    Ok(Attempt {
        number: number(row, "number")?,
        at: Timestamp::from_micros(row.try_get("", "at")?),
        elapsed: Duration::from_millis(number(row, "elapsed_ms")?.into()),
        status: status(row)?,
        error: row.try_get("", "error")?,
        answer: row.try_get("", "answer")?,
    })
}

pub(super) async fn put(
    database: &Database,
    delivery: &Delivery,
    most: u32,
) -> Result<bool, StoreError> {
    let values = [
        delivery.id.into(),
        delivery.endpoint.into(),
        delivery.owner.into(),
        delivery.automation.map(Id::uuid).into(),
        delivery.kind.as_str().into(),
        delivery.body.as_str().into(),
        delivery.due_at.into(),
        delivery.created_at.into(),
        i64::from(most).into(),
    ];
    let done = database.write().execute_raw(database.statement(PUT, values)).await?;
    if done.rows_affected() > 0 {
        return Ok(true);
    }
    // It was put before, or too many wait.
    let sql = "SELECT 1 FROM webhook_deliveries WHERE id = $1";
    let statement = database.statement(sql, [delivery.id.into()]);
    Ok(database.write().query_one_raw(statement).await?.is_some())
}

pub(super) async fn find(
    database: &Database,
    owner: Owner,
    endpoint: Id<Endpoint>,
    id: Id<Delivery>,
) -> Result<Option<Delivery>, StoreError> {
    let sql =
        "SELECT * FROM webhook_deliveries WHERE id = $1 AND endpoint_id = $2 AND user_id = $3";
    let statement = database.statement(sql, [id.into(), endpoint.into(), owner.into()]);
    database.read().query_one_raw(statement).await?.as_ref().map(delivery).transpose()
}

pub(super) async fn list(
    database: &Database,
    owner: Owner,
    endpoint: Id<Endpoint>,
    query: DeliveryQuery,
) -> Result<Page<Delivery>, StoreError> {
    let DeliveryQuery { state, page } = query;
    let only = if state.is_some() { "AND state = $6 " } else { "" };
    let sql = format!(
        "SELECT * FROM webhook_deliveries \
         WHERE endpoint_id = $1 AND user_id = $2 AND (created_at, id) < ($3, $4) {only}\
         ORDER BY created_at DESC, id DESC LIMIT $5"
    );
    let state = state.map(|state| Value::from(state.as_str()));
    let values = [endpoint.into(), owner.into()].into_iter().chain(keyset(page)).chain(state);
    let rows = database.read().query_all_raw(database.statement(sql, values)).await?;
    let rows = rows.iter().map(delivery).collect::<Result<Vec<_>, _>>()?;
    Ok(Page::cut(rows, page.limit, |row| Cursor { at: row.created_at, id: row.id.uuid() }))
}

pub(super) async fn attempts(
    database: &Database,
    id: Id<Delivery>,
    most: u32,
) -> Result<Vec<Attempt>, StoreError> {
    let sql = "SELECT * FROM webhook_attempts WHERE delivery_id = $1 ORDER BY number DESC LIMIT $2";
    let statement = database.statement(sql, [id.into(), i64::from(most).into()]);
    database.read().query_all_raw(statement).await?.iter().map(attempt).collect()
}

pub(super) async fn again(
    database: &Database,
    delivery: &Delivery,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let sql = "UPDATE webhook_deliveries SET state = 'pending', tries = 0, due_at = $2, \
               ended_at = NULL WHERE id = $1 AND state <> 'pending'";
    let statement = database.statement(sql, [delivery.id.into(), now.into()]);
    Ok(database.write().execute_raw(statement).await?.rows_affected() > 0)
}

pub(super) fn attempt_row(delivery: &Delivery, attempt: &Attempt) -> [Value; 8] {
    [
        delivery.id.into(),
        signed(attempt.number).into(),
        delivery.owner.into(),
        attempt.at.into(),
        i32::try_from(attempt.elapsed.as_millis()).unwrap_or(i32::MAX).into(),
        attempt.status.map(i32::from).into(),
        attempt.error.clone().into(),
        attempt.answer.clone().into(),
    ]
}

pub(super) async fn prune(
    database: &Database,
    before: Timestamp,
    most: u32,
) -> Result<u64, StoreError> {
    let mut gone = 0;
    for sql in [OLD_ATTEMPTS, OLD_DELIVERIES] {
        let statement = database.statement(sql, [before.into(), i64::from(most).into()]);
        gone += database.write().execute_raw(statement).await?.rows_affected();
    }
    Ok(gone)
}
