//! The platform in this process, on a port of its own.

use std::{net::SocketAddr, ops::Deref};

use secrecy::SecretString;
use shared_kernel::infrastructure::db::DatabaseSettings;
use tempfile::TempDir;
use workflow_platform::{
    cli::{Role, start::Server},
    config::{Config, Purpose},
    container::Platform,
};

use super::{
    MANY, PASSWORD, Site,
    logs::{self, Scan},
};

/// A running platform with everything in this process.
pub struct TestApp {
    /// `sqlite` or `postgres`.
    pub name: &'static str,
    server: Server,
    site: Site,
    folder: TempDir,
    _scan: Scan,
}

impl Deref for TestApp {
    type Target = Site;

    fn deref(&self) -> &Site {
        &self.site
    }
}

impl TestApp {
    /// On SQLite.
    pub async fn start() -> Self {
        Self::with(&[]).await
    }

    /// On SQLite, with further settings.
    pub async fn with(values: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let config = config(&folder, values);
        Box::pin(Self::on("sqlite", config, folder)).await
    }

    /// On PostgreSQL and Redis, when the suite runs with them.
    pub async fn with_servers(values: &[(&str, &str)]) -> Option<Self> {
        let settings = testkit::postgres_settings().await?;
        let folder = tempfile::tempdir().unwrap();
        let mut config = config(&folder, values);
        config.database = settings;
        config.redis_url = testkit::redis_url().map(SecretString::from);
        Some(Box::pin(Self::on("postgres", config, folder)).await)
    }

    /// One on each database at hand.
    pub async fn everywhere(values: &[(&str, &str)]) -> Vec<Self> {
        let mut apps = vec![Self::with(values).await];
        apps.extend(Self::with_servers(values).await);
        apps
    }

    async fn on(name: &'static str, config: Config, folder: TempDir) -> Self {
        logs::keep();
        let mail_dir = config.mail_dir();
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let server = Server::start(config, Role::All).await.unwrap();
        let site = Site::new(server.address, mail_dir);
        Self { name, server, site, folder, _scan: Scan::of_this_process() }
    }

    /// Where `/metrics` is, when it has a port of its own.
    pub fn metrics_address(&self) -> Option<SocketAddr> {
        self.server.metrics_address
    }

    /// Where outside clients use proxy pools, when that is on.
    pub fn proxy_gateway_address(&self) -> Option<SocketAddr> {
        self.server.proxy_gateway_address
    }

    /// What runs, for what cannot be asked over HTTP.
    pub fn platform(&self) -> &Platform {
        &self.server.platform
    }

    /// Stops as an operator would stop it, and starts on the same data.
    pub async fn restart(self) -> Self {
        self.restart_with(|_| ()).await
    }

    /// The same, with another configuration.
    pub async fn restart_with(self, change: impl FnOnce(&mut Config)) -> Self {
        let Self { name, server, folder, .. } = self;
        let mut config = server.platform.config().clone();
        change(&mut config);
        Box::pin(server.stop()).await.unwrap();
        Box::pin(Self::on(name, config, folder)).await
    }

    /// Seals what is stored with the key of the configuration: columns, changed and failed.
    pub async fn reseal(&self) -> Vec<(&'static str, u64, u64)> {
        let done = self.server.platform.reseal().await.unwrap();
        done.iter().map(|(column, done)| (column.table, done.changed, done.failed)).collect()
    }
}

/// Of a platform in which nothing runs by itself. It welcomes people, and its administrator is root.
pub fn still_config(folder: &TempDir) -> Config {
    let values = [
        ("WELCOME_NEW_USERS", "true"),
        ("BOOTSTRAP_ADMIN_EMAIL", "root@example.com"),
        ("BOOTSTRAP_ADMIN_PASSWORD", PASSWORD),
        ("OUTBOUND_ALLOW", "192.0.2.7"),
    ];
    config(folder, &values)
}

fn config(folder: &TempDir, values: &[(&str, &str)]) -> Config {
    let data_dir = folder.path().to_str().unwrap();
    let basics = [("DATA_DIR", data_dir), ("API_PORT", "0")].into_iter().chain(MANY);
    let values = basics.chain(values.iter().copied());
    let mut config = Config::from_values(values, Purpose::Local).unwrap();
    if let DatabaseSettings::Sqlite { readers, .. } = &mut config.database {
        *readers = 2;
    }
    config
}
