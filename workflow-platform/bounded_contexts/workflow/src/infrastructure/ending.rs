//! Executions of an owner that are to end, all of them.

use sea_orm::{ConnectionTrait as _, DbErr, QueryResult};
use shared_kernel::{
    domain::{Execution, Id, Owner},
    infrastructure::db::Database,
};
use uuid::Uuid;

use crate::application::executions::{ExecutionService, ExecutionsError, StoreError};

/// Executions looked at before the next are looked for.
const AT_ONCE: i64 = 200;

/// One that has not ended.
pub struct Unfinished {
    pub id: Id<Execution>,
    /// Its end was asked for.
    pub ending: bool,
}

/// Some after the given one, in the order of their ids.
pub async fn unfinished(
    database: &Database,
    owner: Owner,
    after: Uuid,
) -> Result<Vec<Unfinished>, DbErr> {
    let sql = "SELECT id, cancel_at FROM workflow_executions WHERE user_id = $1 \
               AND finished_at IS NULL AND id > $2 ORDER BY id LIMIT $3";
    let statement = database.statement(sql, [owner.into(), after.into(), AT_ONCE.into()]);
    let rows = database.read().query_all_raw(statement).await?;
    rows.iter().map(found).collect()
}

fn found(row: &QueryResult) -> Result<Unfinished, DbErr> {
    let ending = row.try_get_by_index::<Option<i64>>(1)?.is_some();
    Ok(Unfinished { id: row.try_get_by_index::<Uuid>(0)?.into(), ending })
}

/// Asks for the end of all, each once: asking again would cut off what they clean up. Gives how
/// many were asked now.
pub async fn end_all(
    database: &Database,
    executions: &ExecutionService,
    owner: Owner,
) -> Result<u64, ExecutionsError> {
    let (mut after, mut asked) = (Uuid::nil(), 0);
    loop {
        let some = unfinished(database, owner, after).await.map_err(StoreError::from)?;
        let Some(last) = some.last() else { return Ok(asked) };
        after = last.id.uuid();
        for found in some.iter().filter(|found| !found.ending) {
            match executions.cancel_for(owner, found.id).await {
                Ok(_) => asked += 1,
                Err(ExecutionsError::Ended | ExecutionsError::NotFound) => {}
                Err(error) => return Err(error),
            }
        }
    }
}
