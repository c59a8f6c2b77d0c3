//! Opening the database.

use std::{path::PathBuf, sync::Arc, time::Duration};

use sea_orm::{
    ConnectOptions, ConnectionTrait as _, DatabaseConnection, DbBackend, DbErr, Statement,
    sqlx::sqlite::SqliteAutoVacuum,
};
use sea_orm_migration::SchemaManager;
use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::watch;

use super::{
    UnitOfWork,
    told::{Kinds, Wakes},
};

/// How long a caller waits for a connection: well within the time limit of a request, so that a
/// server that is away is an answer and no time-out.
const POSTGRES_PATIENCE: Duration = Duration::from_secs(10);

/// A connection that was used so lately is not asked whether it still answers: each question is a trip
/// to the server, and what cuts connections cuts those that rest.
const RESTED: Duration = Duration::from_secs(1);

/// Which engine is behind a [`Database`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backend {
    Sqlite,
    Postgres,
}

impl Backend {
    /// The one that is being migrated.
    pub fn of(manager: &SchemaManager<'_>) -> Self {
        match manager.get_database_backend() {
            DbBackend::Postgres => Self::Postgres,
            _ => Self::Sqlite,
        }
    }
}

/// Where the database is and how many connections it may have.
#[derive(Debug, Clone)]
pub enum DatabaseSettings {
    Sqlite { file: PathBuf, readers: u32 },
    Postgres(PostgresSettings),
}

/// How to reach PostgreSQL.
#[derive(Debug, Clone)]
pub struct PostgresSettings {
    pub url: SecretString,
    /// Connections kept plus those opened under load.
    pub max_connections: u32,
    pub min_connections: u32,
    /// Ask the server before handing out a connection that has rested.
    pub check_before_use: bool,
    pub recycle_after: Duration,
    /// A transaction in which nothing was asked for so long is ended by the server. A process that
    /// is frozen or cut off in its middle would otherwise keep its locks for hours, and everybody
    /// waiting for them.
    pub abandoned_after: Duration,
    /// Schema to work in instead of `public`.
    pub schema: Option<String>,
}

/// The database cannot be opened or used.
#[derive(Debug, thiserror::Error)]
pub enum DatabaseError {
    #[error("database cannot be opened")]
    Open(#[source] DbErr),
    #[error("folder of the database cannot be made")]
    Folder(#[source] std::io::Error),
    #[error("database failed")]
    Query(#[from] DbErr),
}

#[derive(Debug)]
struct Shared {
    backend: Backend,
    read: DatabaseConnection,
    write: DatabaseConnection,
    outbox: Wakes,
}

/// Handle on the database, cheap to clone.
#[derive(Debug, Clone)]
pub struct Database {
    shared: Arc<Shared>,
}

impl PostgresSettings {
    /// Less than the silence after which a worker counts as dead, so that its locks are gone by then.
    pub const ABANDONED_AFTER: Duration = Duration::from_secs(8);
}

impl Database {
    pub async fn open(settings: &DatabaseSettings) -> Result<Self, DatabaseError> {
        let (backend, read, write) = match settings {
            DatabaseSettings::Sqlite { file, readers } => {
                if let Some(folder) = file.parent() {
                    tokio::fs::create_dir_all(folder).await.map_err(DatabaseError::Folder)?;
                }
                let url = format!("sqlite://{}?mode=rwc", file.display());
                let write = open(sqlite_options(&url, 1, !file.exists())).await?;
                let read = open(sqlite_options(&url, (*readers).max(1), false)).await?;
                (Backend::Sqlite, read, write)
            }
            DatabaseSettings::Postgres(postgres) => {
                let pool = open(postgres_options(postgres)).await?;
                (Backend::Postgres, pool.clone(), pool)
            }
        };
        let outbox = Wakes::default();
        Ok(Self { shared: Arc::new(Shared { backend, read, write, outbox }) })
    }

    pub fn backend(&self) -> Backend {
        self.shared.backend
    }

    /// For queries that change nothing.
    pub fn read(&self) -> &DatabaseConnection {
        &self.shared.read
    }

    /// For single statements that change something and need no transaction. On SQLite this is
    /// the one writing connection: a statement waits its turn, and must not run while the same
    /// task holds a [`UnitOfWork`].
    pub fn write(&self) -> &DatabaseConnection {
        &self.shared.write
    }

    /// Starts a transaction that may write.
    pub async fn begin(&self) -> Result<UnitOfWork, DbErr> {
        UnitOfWork::begin(self).await
    }

    /// Changes whenever a commit of this process wrote events of kinds that are wanted.
    pub fn outbox_changes(
        &self,
        wants: impl Fn(&str) -> bool + Send + Sync + 'static,
    ) -> watch::Receiver<u64> {
        self.shared.outbox.listen(wants)
    }

    pub(super) fn outbox_changed(&self, told: &Kinds) {
        self.shared.outbox.tell(told);
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> Result<(), DbErr> {
        self.shared.read.query_one_raw(self.statement("SELECT 1", [])).await.map(|_| ())
    }

    /// A plain SQL statement for the engine in use; write parameters as `$1`, `$2`, which both
    /// engines understand.
    pub fn statement(
        &self,
        sql: impl Into<String>,
        values: impl IntoIterator<Item = sea_orm::Value>,
    ) -> Statement {
        Statement::from_sql_and_values(self.shared.read.get_database_backend(), sql, values)
    }

    /// Closes all connections after what is under way.
    pub async fn close(&self) -> Result<(), DbErr> {
        self.shared.write.close_by_ref().await?;
        self.shared.read.close_by_ref().await
    }
}

async fn open(options: ConnectOptions) -> Result<DatabaseConnection, DatabaseError> {
    sea_orm::Database::connect(options).await.map_err(DatabaseError::Open)
}

/// A new file is made able to shrink; on one that is there the setting would wait for whoever
/// writes.
fn sqlite_options(url: &str, connections: u32, is_new: bool) -> ConnectOptions {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(connections)
        .min_connections(1)
        .sqlx_logging(false)
        .test_before_acquire(false)
        .acquire_timeout(Duration::from_secs(30))
        .idle_timeout(None::<Duration>)
        .max_lifetime(None::<Duration>)
        .map_sqlx_sqlite_opts(move |sqlite| {
            let sqlite =
                if is_new { sqlite.auto_vacuum(SqliteAutoVacuum::Incremental) } else { sqlite };
            sqlite
                .foreign_keys(true)
                .busy_timeout(Duration::from_secs(10))
                .pragma("journal_mode", "WAL")
                .pragma("synchronous", "FULL")
                .pragma("temp_store", "MEMORY")
                .pragma("cache_size", "-8000")
                .statement_cache_capacity(256)
        });
    options
}

fn postgres_options(settings: &PostgresSettings) -> ConnectOptions {
    let mut options = ConnectOptions::new(settings.url.expose_secret());
    options
        .max_connections(settings.max_connections)
        .min_connections(settings.min_connections)
        .sqlx_logging(false)
        .test_before_acquire(false)
        .acquire_timeout(POSTGRES_PATIENCE)
        .max_lifetime(settings.recycle_after)
        .set_application_name("workflow-platform");
    if settings.check_before_use {
        options.test_before_acquire_if_idle_for(RESTED);
    }
    let abandoned_ms = settings.abandoned_after.as_millis();
    options.map_sqlx_postgres_opts(move |postgres| {
        // Compiling a statement takes longer than any of ours runs, and is done for each run anew.
        postgres.options([
            ("idle_in_transaction_session_timeout", abandoned_ms.to_string().as_str()),
            ("jit", "off"),
        ])
    });
    if let Some(schema) = &settings.schema {
        options.set_schema_search_path(schema.clone());
    }
    options
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn sqlite_keeps_a_statement_prepared_whatever_is_bound_for_its_limit() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("test.db");
        let database =
            Database::open(&DatabaseSettings::Sqlite { file, readers: 1 }).await.unwrap();
        let sql = "SELECT sqlite_compileoption_used('ENABLE_QPSG')";
        let row =
            database.read().query_one_raw(database.statement(sql, [])).await.unwrap().unwrap();
        assert!(row.try_get_by_index::<bool>(0).unwrap(), "see .cargo/config.toml");
    }
}
