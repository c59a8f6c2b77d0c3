//! A PostgreSQL, by its own programs.

mod connection;
mod dump;
mod load;
mod programs;
mod scratch;
mod script;

pub(super) use dump::dump;
pub(super) use load::{load, look};
pub(super) use programs::Programs;
pub(super) use scratch::prove;

use shared_kernel::infrastructure::db::{Database, DatabaseSettings, PostgresSettings};

use super::BackupError;

/// Few connections: others work meanwhile.
async fn open(settings: &PostgresSettings) -> Result<Database, BackupError> {
    let settings = PostgresSettings { max_connections: 2, min_connections: 0, ..settings.clone() };
    Ok(Database::open(&DatabaseSettings::Postgres(settings)).await?)
}

/// A name as SQL and patterns of `pg_dump` take it to the letter.
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
