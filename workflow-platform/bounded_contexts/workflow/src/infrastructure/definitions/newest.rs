//! What a definition is now, asked for by each start.

use std::collections::HashMap;

use sea_orm::{ConnectionTrait as _, DbErr};
use shared_kernel::infrastructure::{db::Database, together::Together};
use uuid::Uuid;

use super::store::{COLUMNS, definition};
use crate::application::definitions::DefinitionRow;

/// A row that cannot be read is no one's fault but its own.
type Found = Option<Result<DefinitionRow, DbErr>>;

/// By the id, whosever it is.
pub(super) type Newest = Together<Uuid, Found, DbErr>;

pub(super) fn newest(database: Database) -> Newest {
    Together::start(move |ids: Vec<Uuid>| {
        let database = database.clone();
        async move {
            let found = read(&database, &ids).await?;
            Ok(ids.iter().map(|id| found.get(id).cloned()).collect())
        }
    })
}

async fn read(
    database: &Database,
    ids: &[Uuid],
) -> Result<HashMap<Uuid, Result<DefinitionRow, DbErr>>, DbErr> {
    let (among, list) = database.backend().among("$1", ids.iter().copied());
    let sql = format!(
        "SELECT {COLUMNS} FROM workflow_definitions WHERE id {among} AND deleted_at IS NULL"
    );
    let rows = database.read().query_all_raw(database.statement(sql, [list])).await?;
    let each = rows.iter().map(|row| Ok((row.try_get("", "id")?, definition(row))));
    each.collect()
}
