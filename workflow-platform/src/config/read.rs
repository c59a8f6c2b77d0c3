//! From texts to a checked configuration.

use std::{
    fmt::Display,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
    str::FromStr,
    time::Duration,
};

use data_collection::UploadSettings;
use secrecy::{ExposeSecret as _, SecretString};
use shared_kernel::{
    domain::{Locale, Networks},
    infrastructure::{
        blob_bucket::BucketSettings,
        db::{DatabaseSettings, PostgresSettings},
        telemetry::{LogFiles, LogForm, Rotation},
    },
};
use url::Url;

use super::{
    Config, ConfigError, ConfigFault, FirstAdmin, LogConfig, MailConfig, PoolConfig,
    ProxyGatewayConfig, Purpose, SmtpConfig, Source, mail_dir, secret,
};

/// Readers of the embedded database.
const SQLITE_READERS: u32 = 4;

/// Collects what is wrong while reading.
pub(super) struct Reader<'a> {
    pub(super) source: &'a Source,
    faults: Vec<ConfigFault>,
}

const fn days(count: u64) -> Duration {
    Duration::from_hours(count * 24)
}

/// Reads everything, then tells of all faults together.
pub fn config(source: &Source, purpose: Purpose) -> Result<Config, ConfigError> {
    let mut reader = Reader { source, faults: Vec::new() };
    for key in &source.unknown {
        reader.fault(key, "is not a known setting");
    }
    let data_dir = PathBuf::from(source.get("DATA_DIR").unwrap_or("./data"));
    let pool = PoolConfig {
        size: reader.between("DATABASE_POOL_SIZE", 20, 1, 1000),
        overflow: reader.between("DATABASE_MAX_OVERFLOW", 30, 0, 1000),
    };
    let mut config = Config {
        pool,
        app_name: reader.app_name(),
        app_version: reader.text("APP_VERSION", env!("CARGO_PKG_VERSION")),
        api_host: reader.parsed("API_HOST", IpAddr::V4(Ipv4Addr::LOCALHOST)),
        api_port: reader.parsed("API_PORT", 8001),
        database: reader.database(&data_dir, pool),
        redis_url: reader.redis(),
        bucket: reader.bucket(),
        cors_allowed_origins: reader.origins(),
        default_locale: reader.parsed("DEFAULT_LOCALE", Locale::default()),
        logs: reader.logs(),
        traces: reader.traces(),
        tokens: reader.tokens(),
        mail: reader.mail(&data_dir),
        outbound_allow: reader.outbound(),
        collection: reader.collection(),
        deletion_grace: days(reader.between("ACCOUNT_DELETION_DAYS", 30, 1, 365)),
        trusted_proxies: reader.parsed("TRUSTED_PROXIES", Networks::default()),
        addresses: reader.addresses(),
        limits: reader.limits(),
        welcome: reader.flag("WELCOME_NEW_USERS", true),
        billing: reader.billing(),
        stripe: reader.stripe(),
        docs_enabled: reader.flag("DOCS_ENABLED", true),
        request_body_timeout: Duration::from_secs(reader.between(
            "REQUEST_BODY_TIMEOUT",
            30,
            1,
            3600,
        )),
        uploads: UploadSettings {
            most_bytes: reader.between(
                "UPLOAD_MAX_BYTES",
                32 * 1024 * 1024,
                1024,
                1024 * 1024 * 1024,
            ),
            most_files: reader.between("UPLOAD_MAX_FILES", 200, 1, 100_000),
            kept: reader.days("UPLOAD_RETENTION_DAYS", 7, 1, 3650),
        },
        metrics_token: source.get("METRICS_TOKEN").map(SecretString::from),
        metrics_address: reader.metrics_address(),
        first_admin: reader.first_admin(),
        audit_kept: reader.days("AUDIT_RETENTION_DAYS", 365, 1, 36_500),
        worker_concurrency: reader.between("WORKER_CONCURRENCY", 64, 1, 10_000),
        proxy_test_url: reader.optional("PROXY_TEST_URL"),
        outbound_ca_file: reader.source.get("OUTBOUND_CA_FILE").map(PathBuf::from),
        proxy_gateway: reader.proxy_gateway(),
        backup: reader.backup(&data_dir),
        data_dir,
    };
    reader.need_secret(&config, purpose);
    if !reader.faults.is_empty() {
        return Err(ConfigError::Faults(reader.faults));
    }
    fill_secrets(&mut config)?;
    Ok(config)
}

fn fill_secrets(config: &mut Config) -> Result<(), ConfigError> {
    let tokens = &mut config.tokens;
    if tokens.secret.expose_secret().is_empty() {
        tokens.secret = secret::of_folder(&config.data_dir)?;
    }
    if tokens.data_secret.expose_secret().is_empty() {
        tokens.data_secret = tokens.secret.clone();
        tokens.older_data_secrets.extend(tokens.older_secrets.iter().cloned());
    }
    Ok(())
}

impl Reader<'_> {
    pub(super) fn fault(&mut self, variable: &str, message: impl Into<String>) {
        let message = message.into();
        self.faults.push(ConfigFault { variable: variable.to_owned(), message });
    }

    pub(super) fn app_name(&self) -> String {
        self.text("APP_NAME", "Workflow Platform")
    }

    pub(super) fn text(&self, name: &str, default: &str) -> String {
        self.source.get(name).unwrap_or(default).to_owned()
    }

    fn optional<T: FromStr<Err: Display>>(&mut self, name: &str) -> Option<T> {
        match self.source.get(name)?.parse() {
            Ok(value) => Some(value),
            Err(error) => {
                self.fault(name, error.to_string());
                None
            }
        }
    }

    pub(super) fn parsed<T: FromStr<Err: Display>>(&mut self, name: &str, default: T) -> T {
        self.optional(name).unwrap_or(default)
    }

    pub(super) fn between<T>(&mut self, name: &str, default: T, least: T, most: T) -> T
    where
        T: FromStr<Err: Display> + PartialOrd + Display + Copy,
    {
        let value = self.parsed(name, default);
        if value < least || value > most {
            self.fault(name, format!("must be between {least} and {most}"));
        }
        value
    }

    pub(super) fn flag(&mut self, name: &str, default: bool) -> bool {
        match self.source.get(name).map(str::to_ascii_lowercase).as_deref() {
            None => default,
            Some("1" | "true" | "yes" | "on") => true,
            Some("0" | "false" | "no" | "off") => false,
            Some(_) => {
                self.fault(name, "must be true or false");
                default
            }
        }
    }

    fn database(&mut self, data_dir: &Path, pool: PoolConfig) -> DatabaseSettings {
        let check_before_use = self.flag("DATABASE_POOL_PRE_PING", true);
        let recycle: u64 = self.between("DATABASE_POOL_RECYCLE", 3600, 1, 86_400);
        let embedded = || DatabaseSettings::Sqlite {
            file: data_dir.join("workflow-platform.db"),
            readers: SQLITE_READERS,
        };
        let Some(url) = self.source.get("DATABASE_URL") else { return embedded() };
        match server_url(url) {
            Ok(url) => DatabaseSettings::Postgres(PostgresSettings {
                url: url.into(),
                max_connections: pool.size + pool.overflow,
                min_connections: 0,
                check_before_use,
                recycle_after: Duration::from_secs(recycle),
                abandoned_after: PostgresSettings::ABANDONED_AFTER,
                schema: None,
            }),
            Err(message) => {
                self.fault("DATABASE_URL", message);
                embedded()
            }
        }
    }

    fn redis(&mut self) -> Option<SecretString> {
        let url = self.source.get("REDIS_URL")?;
        if !(url.starts_with("redis://") || url.starts_with("rediss://"))
            || Url::parse(url).is_err()
        {
            self.fault("REDIS_URL", "must be a redis:// or rediss:// URL");
        }
        Some(url.into())
    }

    fn bucket(&mut self) -> Option<BucketSettings> {
        let bucket = self.source.get("BLOB_S3_BUCKET")?.to_owned();
        let endpoint = self.source.get("BLOB_S3_ENDPOINT").map(str::to_owned);
        if endpoint.as_deref().is_some_and(|endpoint| !is_address(endpoint)) {
            self.fault("BLOB_S3_ENDPOINT", "must be an http:// or https:// URL");
        }
        for name in ["BLOB_S3_ACCESS_KEY_ID", "BLOB_S3_SECRET_ACCESS_KEY"] {
            if self.source.get(name).is_none() {
                self.fault(name, "must be set when BLOB_S3_BUCKET is");
            }
        }
        Some(BucketSettings {
            endpoint,
            region: self.text("BLOB_S3_REGION", "us-east-1"),
            bucket,
            prefix: self.text("BLOB_S3_PREFIX", ""),
            access_key_id: self.text("BLOB_S3_ACCESS_KEY_ID", ""),
            secret_access_key: self.text("BLOB_S3_SECRET_ACCESS_KEY", "").into(),
        })
    }

    fn origins(&mut self) -> Vec<String> {
        let text = self.source.get("CORS_ALLOWED_ORIGINS").unwrap_or("[]");
        let Ok(origins) = serde_json::from_str::<Vec<String>>(text) else {
            self.fault("CORS_ALLOWED_ORIGINS", "must be a JSON list of texts");
            return Vec::new();
        };
        for origin in origins.iter().filter(|origin| !is_origin(origin)) {
            self.fault(
                "CORS_ALLOWED_ORIGINS",
                format!("{origin:?} is not an origin such as https://app.example.com"),
            );
        }
        origins
    }

    fn logs(&mut self) -> LogConfig {
        let debug = self.flag("DEBUG", false);
        let form = match self.source.get("LOG_FORMAT") {
            None if debug => LogForm::Plain,
            None | Some("json") => LogForm::Json,
            Some("plain") => LogForm::Plain,
            Some(_) => {
                self.fault("LOG_FORMAT", "must be json or plain");
                LogForm::Json
            }
        };
        let default = if debug {
            "debug,sqlx=info,hyper=info,h2=info,html5ever=info,selectors=info"
        } else {
            "info"
        };
        let filter = self.text("LOG_LEVEL", default);
        if let Err(error) = filter.parse::<tracing_subscriber::EnvFilter>() {
            self.fault("LOG_LEVEL", error.to_string());
        }
        LogConfig { form, filter, files: self.log_files() }
    }

    fn log_files(&mut self) -> Option<LogFiles> {
        let rotation = self.text("LOG_ROTATION", Rotation::Daily.as_str());
        let found = Rotation::ALL.into_iter().find(|one| one.as_str() == rotation);
        if found.is_none() {
            self.fault("LOG_ROTATION", "must be minutely, hourly, daily or never");
        }
        let kept = self.between("LOG_FILES_KEPT", 14, 1, 10_000);
        let path = PathBuf::from(self.source.get("LOG_FILE")?);
        if path.file_name().is_none() {
            self.fault("LOG_FILE", "must name a file");
        }
        Some(LogFiles { path, rotation: found.unwrap_or(Rotation::Daily), kept })
    }

    fn need_secret(&mut self, config: &Config, purpose: Purpose) {
        let missing = config.tokens.secret.expose_secret().is_empty();
        if missing && !config.is_embedded() && purpose == Purpose::Serve {
            self.fault(
                "JWT_SECRET_KEY",
                "must be set when DATABASE_URL is (openssl rand -hex 32 makes one)",
            );
        }
    }

    fn mail(&mut self, data_dir: &Path) -> MailConfig {
        let Some(host) = self.source.get("SMTP_HOST") else {
            return MailConfig::Folder(mail_dir(data_dir));
        };
        let host = host.to_owned();
        let port = self.parsed("SMTP_PORT", 587);
        let from = self.text("SMTP_FROM_EMAIL", "");
        if !from.contains('@') {
            self.fault("SMTP_FROM_EMAIL", "must be an e-mail address when SMTP_HOST is set");
        }
        let login = (self.source.get("SMTP_USERNAME"), self.source.get("SMTP_PASSWORD"));
        let credentials = match login {
            (Some(user), Some(password)) => Some((user.to_owned(), password.into())),
            (None, None) => None,
            _ => {
                self.fault("SMTP_USERNAME", "and SMTP_PASSWORD must be set together");
                None
            }
        };
        let ca_file = self.source.get("SMTP_CA_FILE").map(PathBuf::from);
        MailConfig::Smtp(SmtpConfig { host, port, credentials, from, ca_file })
    }

    fn outbound(&mut self) -> Vec<String> {
        let text = self.source.get("OUTBOUND_ALLOW").unwrap_or_default();
        let entries = text.split(',').map(str::trim).filter(|entry| !entry.is_empty());
        entries.map(str::to_owned).collect()
    }

    fn metrics_address(&mut self) -> Option<SocketAddr> {
        let host = self.parsed("METRICS_HOST", IpAddr::V4(Ipv4Addr::LOCALHOST));
        self.optional("METRICS_PORT").map(|port| SocketAddr::new(host, port))
    }

    fn proxy_gateway(&mut self) -> ProxyGatewayConfig {
        let host = self.parsed("PROXY_GATEWAY_HOST", IpAddr::V4(Ipv4Addr::LOCALHOST));
        let port = self.optional("PROXY_GATEWAY_PORT");
        ProxyGatewayConfig {
            address: port.map(|port| SocketAddr::new(host, port)),
            connections_per_user: self.between("PROXY_GATEWAY_CONNECTIONS", 256, 1, 100_000),
            requests_per_minute: self.between("PROXY_GATEWAY_REQUESTS", 6000, 1, u32::MAX),
        }
    }

    fn first_admin(&mut self) -> Option<FirstAdmin> {
        let login =
            (self.source.get("BOOTSTRAP_ADMIN_EMAIL"), self.source.get("BOOTSTRAP_ADMIN_PASSWORD"));
        match login {
            (Some(email), Some(password)) => Some(FirstAdmin {
                username: email.split('@').next().unwrap_or("admin").to_owned(),
                email: email.to_owned(),
                password: password.into(),
            }),
            (None, None) => None,
            _ => {
                self.fault(
                    "BOOTSTRAP_ADMIN_EMAIL",
                    "and BOOTSTRAP_ADMIN_PASSWORD must be set together",
                );
                None
            }
        }
    }
}

/// Also takes the form that SQLAlchemy users write.
pub(super) fn server_url(text: &str) -> Result<String, String> {
    let plain = text.replacen("postgresql+asyncpg://", "postgresql://", 1);
    let known = plain.starts_with("postgresql://") || plain.starts_with("postgres://");
    if !known {
        return Err(
            "must begin with postgresql:// or postgresql+asyncpg://; leave it empty for SQLite"
                .to_owned(),
        );
    }
    Url::parse(&plain).map_err(|error| error.to_string())?;
    Ok(plain)
}

pub(super) fn is_address(text: &str) -> bool {
    Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https"))
}

fn is_origin(text: &str) -> bool {
    text == "*"
        || Url::parse(text).is_ok_and(|url| {
            matches!(url.scheme(), "http" | "https") && url.origin().ascii_serialization() == text
        })
}
