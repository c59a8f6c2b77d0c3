//! What must always hold, and when somebody made sure of it last. Whoever checks writes it down, so
//! that every process can say it.

use sea_orm::{ConnectionTrait as _, DbErr};

use super::db::Database;
use crate::domain::Timestamp;

/// One invariant as its last check left it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    pub name: String,
    /// How many things break it.
    pub broken: u64,
    pub checked_at: Timestamp,
}

/// Writes down what a check found.
pub async fn note_checked(
    database: &Database,
    found: &[(&str, u64)],
    at: Timestamp,
) -> Result<(), DbErr> {
    for (name, broken) in found {
        let sql = "INSERT INTO invariants (name, broken, checked_at) VALUES ($1, $2, $3) \
                   ON CONFLICT (name) DO UPDATE SET broken = excluded.broken, \
                   checked_at = excluded.checked_at WHERE excluded.checked_at >= invariants.checked_at";
        let broken = i64::try_from(*broken).unwrap_or(i64::MAX);
        let note = database.statement(sql, [(*name).into(), broken.into(), at.into()]);
        database.write().execute_raw(note).await?;
    }
    Ok(())
}

/// All that were ever checked, by name.
pub async fn checked(database: &Database) -> Result<Vec<Checked>, DbErr> {
    let sql = "SELECT name, broken, checked_at FROM invariants ORDER BY name";
    let rows = database.read().query_all_raw(database.statement(sql, [])).await?;
    let read = |row: &sea_orm::QueryResult| {
        let broken: i64 = row.try_get_by_index(1)?;
        Ok(Checked {
            name: row.try_get_by_index(0)?,
            broken: u64::try_from(broken).unwrap_or(0),
            checked_at: Timestamp::from_micros(row.try_get_by_index(2)?),
        })
    };
    rows.iter().map(read).collect()
}
