//! The embedded database: copied while others write, and proved before it is used.

use std::path::Path;

use sea_orm::ConnectionTrait as _;
use shared_kernel::infrastructure::db::{Database, DatabaseSettings};

use super::{BackupError, Census};

async fn open(file: &Path) -> Result<Database, BackupError> {
    let settings = DatabaseSettings::Sqlite { file: file.to_owned(), readers: 1 };
    Ok(Database::open(&settings).await?)
}

/// Writes the state of one instant into a new file. Nobody who writes waits for it.
pub(super) async fn dump(file: &Path, into: &Path) -> Result<Census, BackupError> {
    if !file.exists() {
        return Err(BackupError::NoDatabase(file.to_owned()));
    }
    let database = open(file).await?;
    let target = into.to_string_lossy().into_owned();
    let copied = database.statement("VACUUM INTO $1", [target.into()]);
    database.read().execute_raw(copied).await?;
    database.close().await?;
    examine(into).await
}

/// Looks through all of a file that nobody uses: pages, indexes, references, rows.
pub(super) async fn examine(file: &Path) -> Result<Census, BackupError> {
    let database = open(file).await?;
    let ask = async |sql: &str| database.read().query_all_raw(database.statement(sql, [])).await;
    let mut faults = Vec::new();
    for row in ask("PRAGMA integrity_check(10)").await? {
        faults.push(row.try_get_by_index::<String>(0)?);
    }
    faults.retain(|fault| fault != "ok");
    for row in ask("PRAGMA foreign_key_check").await? {
        let (from, to): (String, String) = (row.try_get_by_index(0)?, row.try_get_by_index(2)?);
        faults.push(format!("a row of {from} refers to one of {to} that is not there"));
    }
    let census = Census::take(&database, database.read()).await?;
    database.close().await?;
    if faults.is_empty() { Ok(census) } else { Err(BackupError::Broken(faults.join("; "))) }
}

/// Whether a file holds anything.
pub(super) async fn is_empty(file: &Path) -> Result<bool, BackupError> {
    if !file.exists() {
        return Ok(true);
    }
    let database = open(file).await?;
    let tables = database.statement("SELECT 1 FROM sqlite_master LIMIT 1", []);
    let found = database.read().query_one_raw(tables).await?;
    database.close().await?;
    Ok(found.is_none())
}
