//! One process on SQLite, or an API process and three workers on PostgreSQL.

use std::{process::Output, time::Duration};

use sea_orm::ConnectionTrait as _;
use shared_kernel::infrastructure::db::{Database, DatabaseSettings, PostgresSettings};
use testkit::PostgresServer;
use tokio::process::{Child, Command};

use crate::support::{Binary, Site};

const SECRET: &str = "5d1c9a7e3b8f42068ac4e1f7920b6d3c";
const WORKERS: usize = 3;

const NO_LIMITS: &str = "UPDATE plans SET entitlements = '{\"executions_per_month\":null,\
     \"pages_per_month\":null,\"concurrent_executions\":null,\"proxies\":null,\
     \"dataset_records\":null,\"schedule_interval_seconds\":null,\"history_days\":null}'";

pub struct Platform {
    /// The process that people talk to; on SQLite the only one.
    pub front: Binary,
    pub workers: Vec<Child>,
    pub postgres: Option<PostgresServer>,
}

impl Platform {
    pub async fn on_sqlite() -> Self {
        let settings =
            [("JWT_SECRET_KEY", SECRET), ("OUTBOUND_ALLOW", "127.0.0.1"), ("LOG_LEVEL", "warn")];
        let front = Binary::start(&settings).await;
        Self { front, workers: Vec::new(), postgres: None }
    }

    /// None when there is no Redis.
    pub async fn on_postgres() -> Option<Self> {
        let redis = testkit::redis_url()?;
        let postgres = tokio::task::spawn_blocking(PostgresServer::start).await.unwrap();
        let url = postgres.url();
        let settings = [
            ("DATABASE_URL", url.as_str()),
            ("REDIS_URL", redis.as_str()),
            ("JWT_SECRET_KEY", SECRET),
            ("OUTBOUND_ALLOW", "127.0.0.1"),
            ("LOG_LEVEL", "warn"),
        ];
        let front = Binary::start_as(&["serve", "--role", "api"], &settings).await;
        let mut platform = Self { front, workers: Vec::new(), postgres: Some(postgres) };
        platform.workers = (0..WORKERS).map(|_| platform.new_worker()).collect();
        Some(platform)
    }

    pub fn name(&self) -> &'static str {
        if self.postgres.is_some() { "postgres" } else { "sqlite" }
    }

    pub fn new_worker(&self) -> Child {
        self.front.beside(&["worker"]).spawn().unwrap()
    }

    pub fn site(&self) -> Site {
        self.front.site()
    }

    /// A connection of the test's own.
    pub async fn database(&self) -> Database {
        let settings = match &self.postgres {
            Some(postgres) => DatabaseSettings::Postgres(PostgresSettings {
                url: postgres.url().into(),
                max_connections: 2,
                min_connections: 0,
                check_before_use: true,
                recycle_after: Duration::from_mins(10),
                abandoned_after: PostgresSettings::ABANDONED_AFTER,
                schema: None,
            }),
            None => DatabaseSettings::Sqlite {
                file: self.front.file("workflow-platform.db"),
                readers: 1,
            },
        };
        Database::open(&settings).await.unwrap()
    }

    /// Has the audit look at all there is.
    pub async fn examine(&self) {
        let Output { status, stdout, .. } = self.front.beside(&["doctor"]).output().await.unwrap();
        let said = String::from_utf8_lossy(&stdout);
        assert!(status.success() && said.contains(" 0 findings"), "{status}: {said}");
    }

    /// A free plan would let ten executions run.
    pub async fn lift_limits(&mut self) {
        let database = self.database().await;
        database.write().execute_unprepared(NO_LIMITS).await.unwrap();
        database.close().await.unwrap();
        self.front.kill().await;
        self.front.start_again().await;
    }
}

/// Sends a process a signal by name.
pub async fn signal(child: &Child, name: &str) {
    let pid = child.id().expect("the process runs").to_string();
    let sent = Command::new("kill").args([name, &pid]).status().await.unwrap();
    assert!(sent.success(), "kill {name}: {sent}");
}
