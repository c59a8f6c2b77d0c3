//! Configuration: environment variables first, then `.env`, then `config.toml`, then defaults.
//!
//! Everything is checked at start, and all faults are listed at once. With nothing set the
//! platform runs on SQLite in `./data` with an in-process cache and bus, a secret of its own and
//! mails written to `./data/mail/`.

mod access;
mod backup;
mod billing;
mod collection;
mod fault;
mod print;
mod read;
mod reference;
mod secret;
mod source;
mod tokens;
mod traces;
mod variables;

use std::{
    net::{IpAddr, SocketAddr},
    path::{Path, PathBuf},
    time::Duration,
};

use api_gateway::{AddressRules, LimitSettings};
use data_collection::UploadSettings;
use secrecy::SecretString;
use shared_kernel::{
    domain::{Locale, Networks},
    infrastructure::{
        blob_bucket::BucketSettings,
        db::DatabaseSettings,
        telemetry::{LogFiles, LogForm},
    },
};
use subscription::{BillingSettings, StripeSettings};

pub use backup::{BackupConfig, BackupPlace};
pub use collection::CollectionConfig;
pub use fault::{ConfigError, ConfigFault};
#[cfg(test)]
use reference::is_secret;
pub use reference::markdown as reference_markdown;
pub use secret::Purpose;
pub use source::Source;
pub use tokens::TokenConfig;
pub use traces::TraceConfig;
pub use variables::{VARIABLES, Variable};

/// The whole configuration, checked.
#[derive(Debug, Clone)]
pub struct Config {
    pub app_name: String,
    pub app_version: String,
    pub api_host: IpAddr,
    pub api_port: u16,
    pub data_dir: PathBuf,
    pub database: DatabaseSettings,
    pub pool: PoolConfig,
    pub redis_url: Option<SecretString>,
    /// Where large payloads go; a folder beside the data unless given.
    pub bucket: Option<BucketSettings>,
    pub cors_allowed_origins: Vec<String>,
    pub default_locale: Locale,
    pub logs: LogConfig,
    /// Where traces go; nowhere unless given.
    pub traces: Option<TraceConfig>,
    pub tokens: TokenConfig,
    pub mail: MailConfig,
    /// `host[:port]` and CIDR that users' requests may reach although they are private.
    pub outbound_allow: Vec<String>,
    pub collection: CollectionConfig,
    /// How long people may keep an account that they asked to delete.
    pub deletion_grace: Duration,
    /// Proxies that say truly where a request comes from.
    pub trusted_proxies: Networks,
    pub addresses: AddressRules,
    pub limits: LimitSettings,
    /// Whether those who register find something to begin with.
    pub welcome: bool,
    pub billing: BillingSettings,
    /// Who collects money; without it, administrators settle invoices by hand.
    pub stripe: Option<StripeSettings>,
    /// Whether the API document and its pages are served.
    pub docs_enabled: bool,
    /// For the body of a request to arrive.
    pub request_body_timeout: Duration,
    /// What users may upload, and for how long it is kept.
    pub uploads: UploadSettings,
    pub metrics_token: Option<SecretString>,
    /// Where `/metrics` is, when not beside the API.
    pub metrics_address: Option<SocketAddr>,
    pub first_admin: Option<FirstAdmin>,
    /// How long the audit log is kept.
    pub audit_kept: Duration,
    /// Executions that one process drives at once.
    pub worker_concurrency: usize,
    pub proxy_test_url: Option<url::Url>,
    /// PEM file of authorities to trust beside those of the system.
    pub outbound_ca_file: Option<PathBuf>,
    pub proxy_gateway: ProxyGatewayConfig,
    pub backup: BackupConfig,
}

/// Connections to PostgreSQL.
#[derive(Debug, Clone, Copy)]
pub struct PoolConfig {
    pub size: u32,
    /// Opened under load on top of `size`.
    pub overflow: u32,
}

/// The port where outside clients use proxy pools.
#[derive(Debug, Clone, Copy)]
pub struct ProxyGatewayConfig {
    /// Where it listens; nowhere unless given.
    pub address: Option<SocketAddr>,
    pub connections_per_user: u32,
    pub requests_per_minute: u32,
}

/// How log lines look and which are written.
#[derive(Debug, Clone)]
pub struct LogConfig {
    pub form: LogForm,
    /// In the syntax of `RUST_LOG`.
    pub filter: String,
    pub files: Option<LogFiles>,
}

/// Where mails go.
#[derive(Debug, Clone)]
pub enum MailConfig {
    Folder(PathBuf),
    Smtp(SmtpConfig),
}

/// A mail server.
#[derive(Debug, Clone)]
pub struct SmtpConfig {
    pub host: String,
    pub port: u16,
    pub credentials: Option<(String, SecretString)>,
    pub from: String,
    /// PEM file of an authority to trust beside those of the system.
    pub ca_file: Option<PathBuf>,
}

/// Created at start when there is no super administrator yet.
#[derive(Debug, Clone)]
pub struct FirstAdmin {
    pub username: String,
    pub email: String,
    pub password: SecretString,
}

impl Config {
    /// Reads the process's environment, `.env` and `config.toml` of the working folder.
    pub fn load(purpose: Purpose) -> Result<Self, ConfigError> {
        read::config(&Source::of_process()?, purpose)
    }

    /// Reads given values only: for tests.
    pub fn from_values<K: Into<String>, V: Into<String>>(
        values: impl IntoIterator<Item = (K, V)>,
        purpose: Purpose,
    ) -> Result<Self, ConfigError> {
        read::config(&Source::of_values(values), purpose)
    }

    /// Where the API listens.
    pub fn address(&self) -> SocketAddr {
        SocketAddr::new(self.api_host, self.api_port)
    }

    pub fn mail_dir(&self) -> PathBuf {
        mail_dir(&self.data_dir)
    }

    /// Whether the database is the file in the data folder.
    pub fn is_embedded(&self) -> bool {
        matches!(self.database, DatabaseSettings::Sqlite { .. })
    }

    /// One `NAME=value` a line, secrets hidden.
    pub fn print(&self) -> String {
        print::lines(self)
    }
}

fn mail_dir(data_dir: &Path) -> PathBuf {
    data_dir.join("mail")
}

#[cfg(test)]
mod tests;
