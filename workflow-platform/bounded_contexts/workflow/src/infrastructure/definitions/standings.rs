//! How definitions fare: their last executions, and whether they are paused.

use std::collections::BTreeMap;

use sea_orm::{ConnectionTrait as _, DbErr, QueryResult, Value as SqlValue};
use shared_kernel::{
    domain::{Id, Timestamp},
    infrastructure::db::Database,
};
use uuid::Uuid;

use crate::application::definitions::{RecentRun, Standing};

/// Executions told of each definition.
const TOLD: usize = 10;

pub(super) async fn standings(
    database: &Database,
    ids: &[Uuid],
) -> Result<BTreeMap<Uuid, Standing>, DbErr> {
    let mut found: BTreeMap<Uuid, Standing> = BTreeMap::new();
    if ids.is_empty() {
        return Ok(found);
    }
    let values = || ids.iter().map(|id| SqlValue::from(*id)).collect::<Vec<_>>();
    let rows = database.statement(recent(ids.len()), values());
    for row in database.read().query_all_raw(rows).await? {
        let definition: Uuid = row.try_get("", "definition_id")?;
        found.entry(definition).or_default().recent.push(recent_run(&row)?);
    }
    // The branches of a union come in no promised order.
    for standing in found.values_mut() {
        standing.recent.sort_by_key(|run| std::cmp::Reverse((run.created_at, run.id)));
    }
    let rows = database.statement(paused(ids.len()), values());
    for row in database.read().query_all_raw(rows).await? {
        found.entry(row.try_get_by_index(0)?).or_default().paused = true;
    }
    Ok(found)
}

/// A short walk of the index by definition for each, all in one question.
fn recent(definitions: usize) -> String {
    let branch = |place: usize| {
        format!(
            "SELECT * FROM (SELECT definition_id, id, status, created_at, started_at, finished_at \
             FROM workflow_executions WHERE definition_id = ${place} AND fragment = 0 \
             ORDER BY created_at DESC, id DESC LIMIT {TOLD}) AS recent_{place}"
        )
    };
    (1..=definitions).map(branch).collect::<Vec<_>>().join(" UNION ALL ")
}

fn paused(definitions: usize) -> String {
    let places: Vec<_> = (1..=definitions).map(|place| format!("${place}")).collect();
    format!(
        "SELECT definition_id FROM workflow_triggers WHERE definition_id IN ({}) \
         GROUP BY definition_id HAVING MIN(CASE WHEN paused THEN 1 ELSE 0 END) = 1",
        places.join(", ")
    )
}

fn recent_run(row: &QueryResult) -> Result<RecentRun, DbErr> {
    let time = |name: &str| -> Result<Option<Timestamp>, DbErr> {
        Ok(row.try_get::<Option<i64>>("", name)?.map(Timestamp::from_micros))
    };
    let status: String = row.try_get("", "status")?;
    let started = time("started_at")?;
    Ok(RecentRun {
        id: Id::from(row.try_get::<Uuid>("", "id")?),
        status: status.parse().map_err(|_| DbErr::Type(format!("no status: {status}")))?,
        created_at: Timestamp::from_micros(row.try_get("", "created_at")?),
        took: time("finished_at")?.zip(started).map(|(end, start)| end.since(start)),
    })
}
