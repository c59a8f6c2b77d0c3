//! Rows of `workflow_executions` and `execution_logs` as the use cases see them.

use sea_orm::{DbErr, QueryResult};
use shared_kernel::{
    application::LogLevel,
    domain::{Id, Owner, Timestamp},
};
use uuid::Uuid;

use crate::application::executions::{ExecutionRow, LogLine, StoreError};

/// Columns in the order in which `execution` reads them.
pub(super) const COLUMNS: &str = "id, user_id, definition_id, definition_name, \
     definition_version, status, labels, priority, created_at, started_at, finished_at, error, \
     cancel_at, wake_at, worker_id, concurrency_key, concurrency_limit, parent_id, depth, fragment, \
     origin, awaits";

pub(super) fn execution(row: &QueryResult) -> Result<ExecutionRow, StoreError> {
    let status: String = row.try_get_by_index(5)?;
    let labels: String = row.try_get_by_index(6)?;
    let error: Option<String> = row.try_get_by_index(11)?;
    let key: Option<String> = row.try_get_by_index(15)?;
    let limit: Option<i32> = row.try_get_by_index(16)?;
    let version: i32 = row.try_get_by_index(4)?;
    let origin: Option<String> = row.try_get_by_index(20)?;
    let awaits: Option<String> = row.try_get_by_index(21)?;
    let finished_at = instant(row, 10)?;
    Ok(ExecutionRow {
        id: row.try_get_by_index::<Uuid>(0)?.into(),
        owner: Owner::new(row.try_get_by_index::<Uuid>(1)?.into()),
        definition_id: row.try_get_by_index(2)?,
        definition_name: row.try_get_by_index(3)?,
        version: u32::try_from(version).unwrap_or(0),
        status: status.parse().map_err(|_| StoreError::Row(status.clone()))?,
        labels: serde_json::from_str(&labels)?,
        priority: row.try_get_by_index(7)?,
        created_at: Timestamp::from_micros(row.try_get_by_index(8)?),
        started_at: instant(row, 9)?,
        finished_at,
        error: error.as_deref().map(serde_json::from_str).transpose()?,
        cancel_requested: instant(row, 12)?.is_some(),
        wake_at: instant(row, 13)?,
        leased: row.try_get_by_index::<Option<Uuid>>(14)?.is_some(),
        parent: row.try_get_by_index::<Option<Uuid>>(17)?.map(Id::from),
        // A process of another version may have written what this one does not know.
        origin: origin.and_then(|text| text.parse().ok()),
        awaits: awaits.filter(|_| finished_at.is_none()).and_then(|text| text.parse().ok()),
        is_fragment: row.try_get_by_index::<i32>(19)? != 0,
        depth: u32::try_from(row.try_get_by_index::<i32>(18)?).unwrap_or(0),
        concurrency: key.zip(limit.and_then(|limit| u32::try_from(limit).ok())),
    })
}

fn instant(row: &QueryResult, index: usize) -> Result<Option<Timestamp>, DbErr> {
    Ok(row.try_get_by_index::<Option<i64>>(index)?.map(Timestamp::from_micros))
}

/// A log line and its position.
pub(super) fn log_line(row: &QueryResult) -> Result<(i64, LogLine), StoreError> {
    let level: String = row.try_get_by_index(2)?;
    let item: Option<i32> = row.try_get_by_index(4)?;
    let fields: String = row.try_get_by_index(6)?;
    let line = LogLine {
        at: Timestamp::from_micros(row.try_get_by_index(1)?),
        level: level_of(&level),
        step: row.try_get_by_index(3)?,
        item: item.and_then(|item| u32::try_from(item).ok()),
        message: row.try_get_by_index(5)?,
        fields: serde_json::from_str(&fields)?,
    };
    Ok((row.try_get_by_index(0)?, line))
}

fn level_of(text: &str) -> LogLevel {
    match text {
        "debug" => LogLevel::Debug,
        "warn" => LogLevel::Warn,
        "error" => LogLevel::Error,
        _ => LogLevel::Info,
    }
}
