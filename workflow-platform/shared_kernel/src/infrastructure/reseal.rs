//! Seals what is stored anew, with today's key.

use sea_orm::{ConnectionTrait as _, DbErr, QueryResult};
use tracing::warn;
use uuid::Uuid;

use super::{db::Database, seal::Sealer};

/// Rows read at once.
const AT_ONCE: i64 = 200;

/// A column of sealed texts, in a table whose key is a `UUID` called `id`.
#[derive(Debug, Clone, Copy)]
pub struct SealedColumn {
    pub table: &'static str,
    pub column: &'static str,
    /// Other columns that the place is made of.
    pub named_by: &'static [&'static str],
    /// Which rows are sealed, as a condition.
    pub condition: &'static str,
    /// The place of a row, as it was given to seal it.
    pub place: fn(&QueryResult) -> Result<String, DbErr>,
}

/// What became of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Resealed {
    pub changed: u64,
    /// Of keys that are not at hand; they were left as they are.
    pub failed: u64,
}

/// Seals every text of the column anew that another key, or an older form, has sealed. What
/// somebody else changes meanwhile stays as they left it. Can be cut off and run again.
pub async fn reseal(
    database: &Database,
    sealer: &Sealer,
    column: &SealedColumn,
) -> Result<Resealed, DbErr> {
    let sql = page_sql(column);
    let mut done = Resealed { changed: 0, failed: 0 };
    let mut after = Uuid::nil();
    loop {
        let prefix = format!("{}%", sealer.current_prefix());
        let values = [after.into(), prefix.into(), AT_ONCE.into()];
        let rows = database.read().query_all_raw(database.statement(&sql, values)).await?;
        let Some(last) = rows.last() else { return Ok(done) };
        after = last.try_get("", "id")?;
        for row in &rows {
            if reseal_row(database, sealer, column, row).await? {
                done.changed += 1;
            } else {
                done.failed += 1;
            }
        }
    }
}

fn page_sql(column: &SealedColumn) -> String {
    let SealedColumn { table, column, named_by, condition, .. } = column;
    let named: String = named_by.iter().map(|name| format!(", {name}")).collect();
    format!(
        "SELECT id, {column} AS sealed{named} FROM {table} WHERE id > $1 AND {column} IS NOT NULL \
         AND {column} NOT LIKE $2 AND ({condition}) ORDER BY id LIMIT $3"
    )
}

async fn reseal_row(
    database: &Database,
    sealer: &Sealer,
    column: &SealedColumn,
    row: &QueryResult,
) -> Result<bool, DbErr> {
    let (id, sealed): (Uuid, String) = (row.try_get("", "id")?, row.try_get("", "sealed")?);
    let place = (column.place)(row)?;
    let SealedColumn { table, column, .. } = column;
    let again = sealer.open(&place, &sealed).and_then(|secret| sealer.seal(&place, &secret));
    let again = match again {
        Ok(again) => again,
        Err(error) => {
            warn!(%error, "{table}.{column} of {id} stays as it is");
            return Ok(false);
        }
    };
    let sql = format!("UPDATE {table} SET {column} = $3 WHERE id = $1 AND {column} = $2");
    let statement = database.statement(&sql, [id.into(), sealed.into(), again.into()]);
    database.write().execute_raw(statement).await?;
    Ok(true)
}
