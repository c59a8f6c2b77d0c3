//! Triggers and ticks as rows.

use sea_orm::{DbErr, QueryResult, Value as SqlValue};
use shared_kernel::domain::{Id, Owner, Timestamp};
use uuid::Uuid;

use crate::application::{
    executions::StoreError,
    triggers::{Hook, NamedTrigger, Outcome, Tick, TriggerRow},
};

pub(super) const COLUMNS: &str = "id, user_id, definition_id, definition_version, spec, paused, due_at, position, \
     hook_token, hook_secret";

pub(super) fn trigger(row: &QueryResult) -> Result<TriggerRow, DbErr> {
    let version: i32 = row.try_get_by_index(3)?;
    let spec: String = row.try_get_by_index(4)?;
    Ok(TriggerRow {
        id: row.try_get_by_index(0)?,
        owner: Owner::new(row.try_get_by_index::<Uuid>(1)?.into()),
        definition_id: row.try_get_by_index(2)?,
        version: u32::try_from(version).unwrap_or(0),
        spec: serde_json::from_str(&spec).map_err(unreadable)?,
        paused: row.try_get_by_index(5)?,
        due_at: row.try_get_by_index::<Option<i64>>(6)?.map(Timestamp::from_micros),
        hook: hook(row)?,
    })
}

/// From the columns, then the definition's name and the trigger's age.
pub(super) fn named(row: &QueryResult) -> Result<NamedTrigger, DbErr> {
    Ok(NamedTrigger {
        row: trigger(row)?,
        definition_name: row.try_get_by_index(10)?,
        created_at: Timestamp::from_micros(row.try_get_by_index(11)?),
    })
}

fn hook(row: &QueryResult) -> Result<Option<Hook>, DbErr> {
    let token: Option<String> = row.try_get_by_index(8)?;
    let secret = row.try_get_by_index(9)?;
    Ok(token.map(|token| Hook { token, secret }))
}

pub(super) const NOTE: &str = "INSERT INTO workflow_ticks \
     (trigger_id, due_at, outcome, detail, execution_id, at, event_id) \
     VALUES ($1, $2, $3, $4, $5, $6, $7)";

pub(super) fn noted(trigger: Uuid, tick: &Tick, at: Timestamp) -> [SqlValue; 7] {
    [
        trigger.into(),
        tick.due_at.into(),
        tick.outcome.as_str().into(),
        tick.detail.clone().into(),
        tick.execution.map(Id::uuid).into(),
        at.into(),
        tick.event.map(Id::uuid).into(),
    ]
}

pub(super) fn tick(row: &QueryResult) -> Result<Tick, StoreError> {
    let outcome: String = row.try_get_by_index(1)?;
    Ok(Tick {
        due_at: Timestamp::from_micros(row.try_get_by_index(0)?),
        outcome: Outcome::parse(&outcome).ok_or(StoreError::Row(outcome))?,
        detail: row.try_get_by_index(2)?,
        execution: row.try_get_by_index::<Option<Uuid>>(3)?.map(Id::from),
        event: row.try_get_by_index::<Option<Uuid>>(4)?.map(Id::from),
    })
}

#[expect(clippy::needless_pass_by_value, reason = "the shape that map_err takes")]
pub(super) fn unreadable(error: serde_json::Error) -> DbErr {
    DbErr::Json(error.to_string())
}
