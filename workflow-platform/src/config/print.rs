//! The configuration for people, with secrets hidden.

use std::net::SocketAddr;

use secrecy::{ExposeSecret as _, SecretString};
use shared_kernel::infrastructure::{
    blob_bucket::BucketSettings,
    db::DatabaseSettings,
    telemetry::{LogFiles, LogForm},
};
use subscription::StripeSettings;
use url::Url;

use super::{Config, MailConfig, ProxyGatewayConfig, VARIABLES, backup, billing::tax_rate, traces};

const HIDDEN: &str = "********";

/// One `NAME=value` a line, in the order of the variables.
pub fn lines(config: &Config) -> String {
    VARIABLES
        .iter()
        .map(|variable| format!("{}={}\n", variable.name, value(config, variable.name)))
        .collect()
}

fn value(config: &Config, name: &str) -> String {
    match name {
        "APP_NAME" => config.app_name.clone(),
        "APP_VERSION" => config.app_version.clone(),
        "DEBUG" => config.logs.filter.contains("debug").to_string(),
        "API_HOST" => config.api_host.to_string(),
        "API_PORT" => config.api_port.to_string(),
        "DATA_DIR" => config.data_dir.display().to_string(),
        "REDIS_URL" => config.redis_url.as_ref().map(without_password).unwrap_or_default(),
        name if name.starts_with("BLOB_S3_") => bucket(config.bucket.as_ref(), name),
        "CORS_ALLOWED_ORIGINS" => serde_json::json!(config.cors_allowed_origins).to_string(),
        "DEFAULT_LOCALE" => config.default_locale.as_str().to_owned(),
        "LOG_LEVEL" => config.logs.filter.clone(),
        name if name.starts_with("LOG_F") && name != "LOG_FORMAT" || name == "LOG_ROTATION" => {
            log_files(config.logs.files.as_ref(), name)
        }
        name if name.starts_with("OTEL_") => traces::value(config.traces.as_ref(), name),
        "LOG_FORMAT" => log_form(config.logs.form).to_owned(),
        "JWT_SECRET_KEY" | "DATA_SECRET_KEY" => HIDDEN.to_owned(),
        "JWT_PREVIOUS_SECRET_KEYS" => hidden(!config.tokens.older_secrets.is_empty()),
        "DATA_PREVIOUS_SECRET_KEYS" => hidden(!config.tokens.older_data_secrets.is_empty()),
        "JWT_ALGORITHM" => config.tokens.algorithm.to_string(),
        "PASSWORD_HASH_MEMORY_KIB" => config.tokens.hash_cost.memory_kib.to_string(),
        "PASSWORD_HASH_PASSES" => config.tokens.hash_cost.passes.to_string(),
        "PASSWORD_HASH_LANES" => config.tokens.hash_cost.lanes.to_string(),
        "JWT_ACCESS_TOKEN_EXPIRE_MINUTES" => (config.tokens.access.as_secs() / 60).to_string(),
        "JWT_REFRESH_TOKEN_EXPIRE_DAYS" => (config.tokens.refresh.as_secs() / 86_400).to_string(),
        "WELCOME_NEW_USERS" => config.welcome.to_string(),
        "BILLING_TAX_RATE" => tax_rate(config.billing.tax_basis_points),
        "BILLING_TRIAL_DAYS" => config.billing.trial_days.to_string(),
        "BILLING_SELLER_NAME" => config.billing.seller.name.clone(),
        "BILLING_SELLER_ADDRESS" => config.billing.seller.address.join("|"),
        "BILLING_SELLER_TAX_NUMBER" => config.billing.seller.tax_number.clone().unwrap_or_default(),
        name if name.starts_with("STRIPE_") => stripe(config.stripe.as_ref(), name),
        "ACCOUNT_DELETION_DAYS" => (config.deletion_grace.as_secs() / 86_400).to_string(),
        "AUDIT_RETENTION_DAYS" => (config.audit_kept.as_secs() / 86_400).to_string(),
        "OUTBOUND_ALLOW" => config.outbound_allow.join(","),
        "COLLECTION_USER_AGENT" => config.collection.user_agent.clone(),
        "COLLECTION_ARCHIVE_DAYS" => config.collection.archive_days.to_string(),
        "COLLECTION_ARCHIVE_MIB_PER_USER" => config.collection.archive_mib_per_user.to_string(),
        "DNS_SERVERS" => {
            let servers = config.collection.dns_servers.iter().map(ToString::to_string);
            servers.collect::<Vec<_>>().join(",")
        }
        "PROXY_TEST_URL" => config.proxy_test_url.as_ref().map(Url::to_string).unwrap_or_default(),
        "OUTBOUND_CA_FILE" => config
            .outbound_ca_file
            .as_ref()
            .map(|file| file.display().to_string())
            .unwrap_or_default(),
        name if name.starts_with("PROXY_GATEWAY_") => proxy_gateway(config.proxy_gateway, name),
        name if name.starts_with("BACKUP_") || name == "POSTGRES_BIN_DIR" => {
            backup::value(config, name, hidden)
        }
        "TRUSTED_PROXIES" => config.trusted_proxies.to_string(),
        "IP_ALLOW" => config.addresses.allow.to_string(),
        "IP_DENY" => config.addresses.deny.to_string(),
        "ADMIN_IP_ALLOW" => config.addresses.admin_allow.to_string(),
        "RATE_LIMIT_ENABLED" => config.limits.enabled.to_string(),
        "RATE_LIMIT_PER_IP" => config.limits.per_address.to_string(),
        "RATE_LIMIT_PER_USER" => config.limits.per_user.to_string(),
        "RATE_LIMIT_SENSITIVE" => config.limits.sensitive.to_string(),
        "DOCS_ENABLED" => config.docs_enabled.to_string(),
        "REQUEST_BODY_TIMEOUT" => config.request_body_timeout.as_secs().to_string(),
        "UPLOAD_MAX_BYTES" => config.uploads.most_bytes.to_string(),
        "UPLOAD_MAX_FILES" => config.uploads.most_files.to_string(),
        "UPLOAD_RETENTION_DAYS" => (config.uploads.kept.as_secs() / 86_400).to_string(),
        "METRICS_TOKEN" => hidden(config.metrics_token.is_some()),
        "METRICS_PORT" => metrics(config, |address| address.port().to_string()),
        "METRICS_HOST" => metrics(config, |address| address.ip().to_string()),
        "WORKER_CONCURRENCY" => config.worker_concurrency.to_string(),
        "BOOTSTRAP_ADMIN_EMAIL" => {
            config.first_admin.as_ref().map(|admin| admin.email.clone()).unwrap_or_default()
        }
        "BOOTSTRAP_ADMIN_PASSWORD" => hidden(config.first_admin.is_some()),
        "DATABASE_POOL_SIZE" => config.pool.size.to_string(),
        "DATABASE_MAX_OVERFLOW" => config.pool.overflow.to_string(),
        name if name.starts_with("SMTP_") => mail_value(&config.mail, name),
        name => database_value(&config.database, name),
    }
}

pub(super) fn hidden(set: bool) -> String {
    if set { HIDDEN.to_owned() } else { String::new() }
}

fn metrics(config: &Config, part: impl Fn(SocketAddr) -> String) -> String {
    config.metrics_address.map(part).unwrap_or_default()
}

fn proxy_gateway(gateway: ProxyGatewayConfig, name: &str) -> String {
    let part = |part: fn(SocketAddr) -> String| gateway.address.map(part).unwrap_or_default();
    match name {
        "PROXY_GATEWAY_PORT" => part(|address| address.port().to_string()),
        "PROXY_GATEWAY_HOST" => part(|address| address.ip().to_string()),
        "PROXY_GATEWAY_CONNECTIONS" => gateway.connections_per_user.to_string(),
        _ => gateway.requests_per_minute.to_string(),
    }
}

fn bucket(bucket: Option<&BucketSettings>, name: &str) -> String {
    let Some(bucket) = bucket else { return String::new() };
    match name {
        "BLOB_S3_BUCKET" => bucket.bucket.clone(),
        "BLOB_S3_PREFIX" => bucket.prefix.clone(),
        "BLOB_S3_ENDPOINT" => bucket.endpoint.clone().unwrap_or_default(),
        "BLOB_S3_REGION" => bucket.region.clone(),
        "BLOB_S3_ACCESS_KEY_ID" => bucket.access_key_id.clone(),
        _ => HIDDEN.to_owned(),
    }
}

fn log_files(files: Option<&LogFiles>, name: &str) -> String {
    let Some(files) = files else { return String::new() };
    match name {
        "LOG_FILE" => files.path.display().to_string(),
        "LOG_ROTATION" => files.rotation.as_str().to_owned(),
        _ => files.kept.to_string(),
    }
}

fn log_form(form: LogForm) -> &'static str {
    match form {
        LogForm::Json => "json",
        LogForm::Plain => "plain",
    }
}

fn mail_value(mail: &MailConfig, name: &str) -> String {
    let MailConfig::Smtp(smtp) = mail else { return String::new() };
    match name {
        "SMTP_HOST" => smtp.host.clone(),
        "SMTP_PORT" => smtp.port.to_string(),
        "SMTP_FROM_EMAIL" => smtp.from.clone(),
        "SMTP_CA_FILE" => {
            smtp.ca_file.as_ref().map(|file| file.display().to_string()).unwrap_or_default()
        }
        "SMTP_USERNAME" => {
            smtp.credentials.as_ref().map(|(user, _)| user.clone()).unwrap_or_default()
        }
        _ => hidden(smtp.credentials.is_some()),
    }
}

fn database_value(database: &DatabaseSettings, name: &str) -> String {
    let DatabaseSettings::Postgres(postgres) = database else { return String::new() };
    match name {
        "DATABASE_URL" => without_password(&postgres.url),
        "DATABASE_POOL_PRE_PING" => postgres.check_before_use.to_string(),
        _ => postgres.recycle_after.as_secs().to_string(),
    }
}

fn stripe(settings: Option<&StripeSettings>, name: &str) -> String {
    match name {
        "STRIPE_RETURN_URL" => settings.map(|found| found.return_url.to_string()),
        "STRIPE_API_URL" => settings.map(|found| found.api_url.to_string()),
        _ => return hidden(settings.is_some()),
    }
    .unwrap_or_default()
}

fn without_password(url: &SecretString) -> String {
    let Ok(mut url) = Url::parse(url.expose_secret()) else { return HIDDEN.to_owned() };
    if url.password().is_some() {
        let _ = url.set_password(Some(HIDDEN));
    }
    // A password may also stand among the parameters.
    url.set_query(None);
    url.to_string()
}
