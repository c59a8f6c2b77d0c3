//! Loading a dump in one transaction: all of it is there and as it was, or nothing has changed.

use std::{path::Path, process::Stdio, time::Duration};

use sea_orm::ConnectionTrait as _;
use secrecy::SecretString;
use shared_kernel::infrastructure::db::{Database, PostgresSettings};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    process::{Child, ChildStdin},
};

use super::{
    dump::{server_version, text},
    open,
    programs::{Programs, failure},
    script,
};
use crate::{
    backup::{BackupError, Census},
    container::MIGRATION_LOCK,
};

/// A process that was killed is seen by the server a moment later.
const LOOKS: u32 = 10;
const BETWEEN_LOOKS: Duration = Duration::from_millis(200);

const USERS: &str = "SELECT count(*) AS n FROM pg_stat_activity WHERE datname = current_database() \
     AND application_name = 'workflow-platform' AND pid NOT IN (SELECT pg_backend_pid())";
const TABLES: &str = "SELECT count(*) AS n FROM pg_class \
     WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p')";

/// Whether the database is empty; fails while processes of the platform use it.
pub(in crate::backup) async fn look(settings: &PostgresSettings) -> Result<bool, BackupError> {
    let one = PostgresSettings { max_connections: 1, ..settings.clone() };
    let database = open(&one).await?;
    let mut users = count(&database, USERS).await?;
    for _ in 0..LOOKS {
        if users == 0 {
            break;
        }
        tokio::time::sleep(BETWEEN_LOOKS).await;
        users = count(&database, USERS).await?;
    }
    let tables = count(&database, TABLES).await?;
    database.close().await?;
    if users > 0 {
        let told =
            format!("{users} connections of the platform use the database; stop its processes");
        return Err(BackupError::InUse(told));
    }
    Ok(tables == 0)
}

async fn count(database: &Database, sql: &str) -> Result<i64, BackupError> {
    let row = database.read().query_one_raw(database.statement(sql, [])).await?;
    Ok(row.map_or(Ok(0), |row| row.try_get("", "n"))?)
}

/// Replaces what is in the database.
pub(in crate::backup) async fn load(
    programs: &Programs,
    settings: &PostgresSettings,
    dump: &Path,
    census: &Census,
) -> Result<(), BackupError> {
    let database = open(settings).await?;
    let schema = text(&database, database.read(), "SELECT current_schema()::text").await?;
    let version = server_version(&database).await?;
    database.close().await?;
    let loading = Loading { programs, url: &settings.url, schema: &schema, dump };
    // Plans of queries are made from figures that a dump does not have.
    loading.run(version, census, "COMMIT;\nANALYZE;\n").await
}

/// A dump on its way.
pub(super) struct Loading<'a> {
    pub(super) programs: &'a Programs,
    pub(super) url: &'a SecretString,
    pub(super) schema: &'a str,
    pub(super) dump: &'a Path,
}

impl Loading<'_> {
    /// Empties the schema, loads, compares, and ends as told.
    pub(super) async fn run(
        &self,
        server: u32,
        census: &Census,
        ending: &str,
    ) -> Result<(), BackupError> {
        self.programs.need("pg_restore", server).await?;
        self.programs.need("psql", server).await?;
        let mut psql = self.psql()?;
        let mut said = psql.stderr.take();
        let input = psql.stdin.take();
        let hearing = async {
            let mut text = Vec::new();
            if let Some(said) = &mut said {
                // What cannot be read is missing from a message, no more.
                let _ = said.read_to_end(&mut text).await;
            }
            text
        };
        let (fed, said) = tokio::join!(self.feed(input, census, ending), hearing);
        let ended = psql.wait().await.map_err(|error| unusable("psql", &error))?;
        // When psql refuses something, whatever was still to be said to it fails as well.
        if !ended.success() && !said.is_empty() {
            return Err(failure("psql", &said));
        }
        fed?;
        if ended.success() { Ok(()) } else { Err(failure("psql", &said)) }
    }

    fn psql(&self) -> Result<Child, BackupError> {
        let mut command = self.programs.command("psql", self.url);
        command.args(["--no-psqlrc", "--quiet", "--no-password", "--set=ON_ERROR_STOP=1"]);
        command.stdin(Stdio::piped()).spawn().map_err(|error| unusable("psql", &error))
    }

    /// Whoever stops before the ending has changed nothing.
    async fn feed(
        &self,
        input: Option<ChildStdin>,
        census: &Census,
        ending: &str,
    ) -> Result<(), BackupError> {
        let Some(mut input) = input else { return Ok(()) };
        let lost = |error: std::io::Error| unusable("psql", &error);
        let before = script::before(self.schema, MIGRATION_LOCK);
        input.write_all(before.as_bytes()).await.map_err(lost)?;
        let mut command = self.programs.command("pg_restore", self.url);
        command.args(["--no-owner", "--no-privileges", "--file=-"]);
        command.arg(format!("--schema={}", self.schema)).arg(self.dump).stdout(Stdio::piped());
        let mut restore = command.spawn().map_err(|error| unusable("pg_restore", &error))?;
        if let Some(mut output) = restore.stdout.take() {
            tokio::io::copy(&mut output, &mut input).await.map_err(lost)?;
        }
        let ended = restore.wait_with_output().await;
        let ended = ended.map_err(|error| unusable("pg_restore", &error))?;
        if !ended.status.success() {
            return Err(failure("pg_restore", &ended.stderr));
        }
        let rest = script::compare(self.schema, census) + ending;
        input.write_all(rest.as_bytes()).await.map_err(lost)?;
        input.shutdown().await.map_err(lost)
    }
}

fn unusable(program: &'static str, error: &std::io::Error) -> BackupError {
    BackupError::Program { program, reason: error.to_string() }
}
