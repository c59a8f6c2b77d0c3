//! Dumping a server's database while others write.

use std::path::Path;

use sea_orm::{ConnectionTrait as _, DbErr};
use shared_kernel::infrastructure::db::{Database, PostgresSettings};

use super::{
    open,
    programs::{Programs, failure},
    quoted,
};
use crate::backup::{BackupError, Census};

/// One instant for whoever counts and whoever dumps. It is idle while the dump is written.
const ONE_INSTANT: &str = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY; \
     SET LOCAL idle_in_transaction_session_timeout = 0; SET LOCAL statement_timeout = 0";

/// Writes the state of one instant into a file of `pg_dump`'s custom format, which is left to the
/// archive to compress.
pub(in crate::backup) async fn dump(
    programs: &Programs,
    settings: &PostgresSettings,
    into: &Path,
) -> Result<Census, BackupError> {
    let database = open(settings).await?;
    programs.need("pg_dump", server_version(&database).await?).await?;
    let instant = database.begin().await?;
    instant.conn().execute_unprepared(ONE_INSTANT).await?;
    let snapshot = text(&database, instant.conn(), "SELECT pg_export_snapshot()").await?;
    let census = Census::take(&database, instant.conn()).await?;
    let schema = text(&database, instant.conn(), "SELECT current_schema()::text").await?;
    let mut command = programs.command("pg_dump", &settings.url);
    command
        .args(["--format=custom", "--compress=0", "--no-owner", "--no-privileges"])
        .args(["--no-password", "--lock-wait-timeout=60000"])
        .arg(format!("--schema={}", quoted(&schema)))
        .arg(format!("--snapshot={snapshot}"))
        .arg("--file")
        .arg(into);
    let unusable = |error: std::io::Error| BackupError::Program {
        program: "pg_dump",
        reason: error.to_string(),
    };
    let ended = command.output().await.map_err(unusable)?;
    instant.roll_back().await?;
    database.close().await?;
    if ended.status.success() { Ok(census) } else { Err(failure("pg_dump", &ended.stderr)) }
}

/// Such as 15.
pub(super) async fn server_version(database: &Database) -> Result<u32, BackupError> {
    let number = text(database, database.read(), "SHOW server_version_num").await?;
    number.parse::<u32>().map(|number| number / 10_000).map_err(|_| {
        DbErr::Custom(format!("the server says that its version is {number:?}")).into()
    })
}

/// The one text that a query gives.
pub(super) async fn text(
    database: &Database,
    through: &impl sea_orm::ConnectionTrait,
    sql: &str,
) -> Result<String, DbErr> {
    let row = through.query_one_raw(database.statement(sql, [])).await?;
    let row = row.ok_or_else(|| DbErr::RecordNotFound(sql.to_owned()))?;
    row.try_get_by_index(0)
}
