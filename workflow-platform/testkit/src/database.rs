//! A database per test: a SQLite file always, a PostgreSQL schema when there is a server.
//!
//! The server is named by `TEST_DATABASE_URL`, which `make test` sets. With `CI` set a missing
//! server is a failure, so that nothing is left untested silently.

use std::{
    env,
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use sea_orm::ConnectionTrait as _;
use sea_orm_migration::MigrationTrait;
use shared_kernel::infrastructure::{
    db::{Database, DatabaseSettings, Migrations, PostgresSettings},
    system,
};
use tempfile::TempDir;

/// A migrated, empty database. The SQLite file goes with it; a PostgreSQL schema stays until the
/// test server is thrown away.
#[derive(Debug)]
pub struct TestDatabase {
    /// `sqlite` or `postgres`, for messages of failing tests.
    pub name: &'static str,
    pub database: Database,
    /// How to open it once more, as another process would.
    pub settings: DatabaseSettings,
    _folder: Option<TempDir>,
}

/// Gives a context's migrations.
type Source = fn() -> Vec<Box<dyn MigrationTrait>>;

/// One database per engine at hand, with the kernel's tables and the given ones.
///
/// # Panics
/// When a database cannot be made: the test cannot go on.
pub async fn databases(migrations: &[Source]) -> Vec<TestDatabase> {
    let mut all = vec![sqlite(migrations).await];
    if let Some(postgres) = postgres(migrations).await {
        all.push(postgres);
    }
    all
}

/// A SQLite database in a temporary folder.
///
/// # Panics
/// When it cannot be made.
pub async fn sqlite(migrations: &[Source]) -> TestDatabase {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let settings = DatabaseSettings::Sqlite { file: folder.path().join("test.db"), readers: 2 };
    open("sqlite", settings, Some(folder), migrations).await
}

/// A fresh schema of the PostgreSQL server, when there is one.
///
/// # Panics
/// When it cannot be made, or when `CI` is set and there is no server.
pub async fn postgres(migrations: &[Source]) -> Option<TestDatabase> {
    let settings = postgres_settings().await?;
    Some(open("postgres", settings, None, migrations).await)
}

/// Settings of a fresh, empty schema of the PostgreSQL server, when there is one.
///
/// # Panics
/// When it cannot be made, or when `CI` is set and there is no server.
pub async fn postgres_settings() -> Option<DatabaseSettings> {
    let url = server("TEST_DATABASE_URL")?;
    let schema = fresh_name();
    tell(&url, format!("CREATE SCHEMA {schema}")).await;
    Some(on(&url, Some(schema)))
}

/// Address of a fresh, empty database of the PostgreSQL server, for processes of their own; none
/// when there is no server.
///
/// # Panics
/// When it cannot be made, or when `CI` is set and there is no server.
pub async fn postgres_database() -> Option<String> {
    let url = server("TEST_DATABASE_URL")?;
    let name = fresh_name();
    tell(&url, format!("CREATE DATABASE {name}")).await;
    let (server, _) = url.rsplit_once('/').expect("the URL names a database");
    Some(format!("{server}/{name}"))
}

/// The Redis of the tests, when there is one.
///
/// # Panics
/// When `CI` is set and there is none.
pub fn redis_url() -> Option<String> {
    server("TEST_REDIS_URL")
}

#[expect(clippy::disallowed_methods, reason = "tests are told of their servers this way")]
fn server(variable: &str) -> Option<String> {
    let url = env::var(variable).ok();
    assert!(url.is_some() || env::var_os("CI").is_none(), "{variable} is not set");
    url
}

fn on(url: &str, schema: Option<String>) -> DatabaseSettings {
    DatabaseSettings::Postgres(PostgresSettings {
        url: url.into(),
        max_connections: 8,
        min_connections: 0,
        check_before_use: false,
        recycle_after: Duration::from_mins(10),
        abandoned_after: PostgresSettings::ABANDONED_AFTER,
        schema,
    })
}

async fn tell(url: &str, sql: String) {
    let admin = Database::open(&on(url, None)).await.expect("the PostgreSQL of the tests");
    let statement = admin.statement(sql, []);
    admin.write().execute_raw(statement).await.expect("a schema or database");
    admin.close().await.expect("a closed connection");
}

fn fresh_name() -> String {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    format!("t{count}_{}", system::ambient().uuid().simple())
}

async fn open(
    name: &'static str,
    settings: DatabaseSettings,
    folder: Option<TempDir>,
    migrations: &[Source],
) -> TestDatabase {
    let database = Database::open(&settings).await.expect("a database");
    Migrations::new(migrations.iter().copied()).up(&database).await.expect("migrations");
    TestDatabase { name, database, settings, _folder: folder }
}
