use secrecy::ExposeSecret as _;
use shared_kernel::infrastructure::db::DatabaseSettings;

use super::{BackupPlace, Config, ConfigError, MailConfig, Purpose, VARIABLES};

const SECRET: &str = "0f8b1c6f2e9d4a7788aa21b3c4d5e6f7";

fn faults(values: &[(&str, &str)]) -> Vec<String> {
    match Config::from_values(values.iter().copied(), Purpose::Serve) {
        Err(ConfigError::Faults(faults)) => {
            faults.into_iter().map(|fault| fault.variable).collect()
        }
        other => panic!("expected faults, got {other:?}"),
    }
}

#[test]
fn with_nothing_set_everything_is_embedded() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    let config = Config::from_values([("DATA_DIR", data)], Purpose::Serve).unwrap();
    assert!(config.is_embedded());
    assert!(matches!(config.mail, MailConfig::Folder(_)));
    assert_eq!(config.address().to_string(), "127.0.0.1:8001");
    assert!(config.tokens.secret.expose_secret().len() >= 32);
}

#[test]
fn the_made_secret_is_kept_and_private() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    let load = || Config::from_values([("DATA_DIR", data)], Purpose::Serve).unwrap();
    assert_eq!(load().tokens.secret.expose_secret(), load().tokens.secret.expose_secret());
    let mode = std::fs::metadata(folder.path().join("secret.key")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn the_proxy_gateway_is_off_unless_it_has_a_port() {
    let read = |values: &[(&str, &str)]| {
        let values = values.iter().copied().chain([("JWT_SECRET_KEY", SECRET)]);
        Config::from_values(values, Purpose::Local).unwrap().proxy_gateway.address
    };
    assert_eq!(read(&[("PROXY_GATEWAY_HOST", "0.0.0.0")]), None);
    let on = read(&[("PROXY_GATEWAY_PORT", "3128")]).unwrap();
    assert_eq!(on.to_string(), "127.0.0.1:3128");
    let wrong = [("PROXY_GATEWAY_PORT", "x"), ("PROXY_GATEWAY_CONNECTIONS", "0")];
    assert_eq!(faults(&wrong), ["PROXY_GATEWAY_PORT", "PROXY_GATEWAY_CONNECTIONS"]);
}

#[test]
fn a_bucket_needs_a_key_and_an_address_that_is_one() {
    let found = faults(&[("BLOB_S3_BUCKET", "b"), ("BLOB_S3_ENDPOINT", "minio:9000")]);
    let expected = ["BLOB_S3_ENDPOINT", "BLOB_S3_ACCESS_KEY_ID", "BLOB_S3_SECRET_ACCESS_KEY"];
    assert_eq!(found, expected);
}

#[test]
fn backups_go_to_a_folder_or_to_a_bucket_with_a_key() {
    let read = |values: &[(&str, &str)]| {
        let values = values.iter().copied().chain([("JWT_SECRET_KEY", SECRET)]);
        Config::from_values(values, Purpose::Local).unwrap().backup
    };
    let BackupPlace::Folder(folder) = read(&[("DATA_DIR", "/data")]).to else {
        panic!("no folder")
    };
    assert_eq!(folder.to_str(), Some("/data/backups"));
    let blobs = [
        ("BLOB_S3_ENDPOINT", "http://minio:9000"),
        ("BLOB_S3_ACCESS_KEY_ID", "blobs"),
        ("BLOB_S3_SECRET_ACCESS_KEY", "secret"),
        ("BACKUP_TO", "s3://nightly/some/where"),
    ];
    let BackupPlace::Bucket(bucket) = read(&blobs).to else { panic!("no bucket") };
    assert_eq!((bucket.bucket.as_str(), bucket.prefix.as_str()), ("nightly", "some/where"));
    assert_eq!((bucket.access_key_id.as_str(), bucket.endpoint.is_some()), ("blobs", true));
    let own = [("BACKUP_S3_ACCESS_KEY_ID", "own"), ("BACKUP_S3_SECRET_ACCESS_KEY", "secret")];
    let BackupPlace::Bucket(bucket) = read(&[&blobs[..], &own[..]].concat()).to else {
        panic!("no bucket")
    };
    // A key of its own is for a store of its own.
    assert_eq!((bucket.access_key_id.as_str(), bucket.endpoint), ("own", None));

    assert_eq!(faults(&[("BACKUP_TO", "s3://nightly")]), ["BACKUP_TO"]);
    assert_eq!(faults(&[("BACKUP_TO", "s3:///x")]), ["BACKUP_TO"]);
    let weak = [("BACKUP_KEY", "short"), ("BACKUP_KEEP_DAYS", "0")];
    assert_eq!(faults(&weak), ["BACKUP_KEY", "BACKUP_KEEP_DAYS"]);
    let same = "postgresql://u:p@db/name";
    let scratch =
        [("DATABASE_URL", same), ("BACKUP_SCRATCH_URL", same), ("JWT_SECRET_KEY", SECRET)];
    assert_eq!(faults(&scratch), ["BACKUP_SCRATCH_URL"]);
}

#[test]
fn all_faults_are_told_at_once() {
    let found = faults(&[
        ("API_PORT", "70000"),
        ("API_HOST", "nowhere"),
        ("CORS_ALLOWED_ORIGINS", "[\"https://a.example/path\"]"),
        ("DATABASE_URL", "mysql://x"),
        ("REDIS_URL", "http://x"),
        ("LOG_FORMAT", "xml"),
        ("LOG_ROTATION", "weekly"),
        ("LOG_FILES_KEPT", "0"),
        ("LOG_FILE", "/"),
        ("DEBUG", "perhaps"),
        ("JWT_SECRET_KEY", "short"),
        ("SMTP_HOST", "mail.example"),
        ("SMTP_USERNAME", "u"),
        ("WORKER_CONCURRENCY", "0"),
        ("BOOTSTRAP_ADMIN_EMAIL", "a@b.c"),
    ]);
    for name in [
        "API_PORT",
        "API_HOST",
        "CORS_ALLOWED_ORIGINS",
        "DATABASE_URL",
        "REDIS_URL",
        "LOG_FORMAT",
        "LOG_ROTATION",
        "LOG_FILES_KEPT",
        "LOG_FILE",
        "DEBUG",
        "JWT_SECRET_KEY",
        "SMTP_FROM_EMAIL",
        "SMTP_USERNAME",
        "WORKER_CONCURRENCY",
        "BOOTSTRAP_ADMIN_EMAIL",
    ] {
        assert!(found.iter().any(|found| found == name), "{name} is missing from {found:?}");
    }
}

#[test]
fn an_outside_database_wants_a_secret_that_is_no_sample() {
    let url = ("DATABASE_URL", "postgresql+asyncpg://u:p@db/name");
    assert_eq!(faults(&[url]), ["JWT_SECRET_KEY"]);
    let sample = "your-secret-key-change-this-in-production";
    assert_eq!(faults(&[url, ("JWT_SECRET_KEY", sample)]), ["JWT_SECRET_KEY"]);
    assert_eq!(faults(&[url, ("JWT_SECRET_KEY", &"a".repeat(40))]), ["JWT_SECRET_KEY"]);
    let config = Config::from_values([url, ("JWT_SECRET_KEY", SECRET)], Purpose::Serve).unwrap();
    let DatabaseSettings::Postgres(postgres) = &config.database else { panic!("not PostgreSQL") };
    assert_eq!(postgres.url.expose_secret(), "postgresql://u:p@db/name");
    assert_eq!(postgres.max_connections, 50);
}

#[test]
fn printing_hides_secrets_and_names_every_variable() {
    let values = [
        ("DATABASE_URL", "postgresql://u:hunter2@db/name?password=hunter2"),
        ("REDIS_URL", "redis://:hunter2@cache"),
        ("JWT_SECRET_KEY", SECRET),
        ("SMTP_HOST", "mail.example"),
        ("SMTP_USERNAME", "mailer"),
        ("SMTP_PASSWORD", "hunter2"),
        ("SMTP_FROM_EMAIL", "a@b.c"),
        ("METRICS_TOKEN", "hunter2"),
        ("BOOTSTRAP_ADMIN_EMAIL", "a@b.c"),
        ("BOOTSTRAP_ADMIN_PASSWORD", "hunter2"),
    ];
    let printed = Config::from_values(values, Purpose::Serve).unwrap().print();
    assert!(!printed.contains("hunter2") && !printed.contains(SECRET), "{printed}");
    for variable in VARIABLES {
        assert!(printed.contains(&format!("{}=", variable.name)), "{}", variable.name);
    }
    assert!(printed.contains("SMTP_USERNAME=mailer"));
}

#[test]
fn the_example_file_names_every_variable() {
    let example = include_str!("../../../.env.example");
    for variable in VARIABLES {
        let line = format!("{}=", variable.name);
        assert!(
            example.lines().any(|found| found.trim_start_matches("# ").starts_with(&line)),
            "{} is missing from .env.example",
            variable.name
        );
    }
}

#[test]
fn the_reference_of_the_documents_is_fresh() {
    let file =
        concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/operations/configuration-reference.md");
    let kept = std::fs::read_to_string(file).unwrap();
    assert!(kept == super::reference_markdown(), "{file} is stale: make openapi");
}

#[test]
fn what_the_reference_calls_secret_is_never_printed() {
    let secret = "s3cr3t-of-thirty-two-bytes-or-more-0";
    let database = format!("postgresql://u:{secret}@localhost/db");
    let redis = format!("redis://:{secret}@localhost");
    let list = format!("[\"{secret}\"]");
    let beside = [
        ("SMTP_HOST", "mail.example.com"),
        ("SMTP_FROM_EMAIL", "a@example.com"),
        ("SMTP_USERNAME", "u"),
        ("BLOB_S3_BUCKET", "b"),
        ("BLOB_S3_ACCESS_KEY_ID", "k"),
        ("STRIPE_RETURN_URL", "https://app.example.com/"),
        ("BOOTSTRAP_ADMIN_EMAIL", "root@example.com"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4318"),
    ];
    let stripe = format!("sk_test_{secret}");
    let hook = format!("whsec_{secret}");
    let value = |name| match name {
        "DATABASE_URL" => database.clone(),
        "REDIS_URL" => redis.clone(),
        "OTEL_EXPORTER_OTLP_HEADERS" => format!("authorization=Bearer {secret}"),
        "STRIPE_SECRET_KEY" => stripe.clone(),
        "STRIPE_WEBHOOK_SECRET" => hook.clone(),
        name if name.ends_with("_KEYS") => list.clone(),
        _ => secret.to_owned(),
    };
    let secrets =
        VARIABLES.iter().map(|variable| variable.name).filter(|name| super::is_secret(name));
    let named: Vec<_> = secrets.collect();
    assert!(named.len() >= 12, "{named:?}");
    let values = named.iter().map(|name| (*name, value(name)));
    let values = values.chain(beside.map(|(name, text)| (name, text.to_owned())));
    let printed = Config::from_values(values, Purpose::Serve).unwrap().print();
    assert!(!printed.contains(secret), "{printed}");
}

#[test]
fn networks_are_read_and_what_is_none_is_told() {
    let list = "10.0.0.0/8, ::ffff:192.0.2.1, 2001:db8::/32";
    let values = [("TRUSTED_PROXIES", list), ("JWT_SECRET_KEY", SECRET)];
    let config = Config::from_values(values, Purpose::Local).unwrap();
    assert_eq!(config.trusted_proxies.to_string(), "10.0.0.0/8,192.0.2.1/32,2001:db8::/32");
    assert_eq!(faults(&[("TRUSTED_PROXIES", "10.0.0.0/8,proxy.example")]), ["TRUSTED_PROXIES"]);
}

#[test]
fn traces_go_to_the_collector_that_is_named() {
    let read = |values: &[(&str, &str)]| {
        let values = values.iter().copied().chain([("JWT_SECRET_KEY", SECRET)]);
        Config::from_values(values, Purpose::Local).unwrap().traces
    };
    assert!(read(&[("OTEL_SERVICE_NAME", "alone")]).is_none());
    let endpoint = ("OTEL_EXPORTER_OTLP_ENDPOINT", "https://otel.example:4318/in/");
    let traces = read(&[
        endpoint,
        ("OTEL_EXPORTER_OTLP_HEADERS", "authorization=Bearer%20k%3D1, x-team = blue"),
        ("OTEL_TRACES_SAMPLER_ARG", "0.25"),
        ("OTEL_RESOURCE_ATTRIBUTES", "service.name=collecting,deployment.environment.name=live"),
    ])
    .unwrap();
    assert_eq!(traces.url().as_str(), "https://otel.example:4318/in/v1/traces");
    let headers = traces.headers.iter();
    let headers: Vec<_> =
        headers.map(|(name, value)| (name.as_str(), value.expose_secret())).collect();
    assert_eq!(headers, [("authorization", "Bearer k=1"), ("x-team", "blue")]);
    assert_eq!((traces.service.as_str(), traces.ratio), ("collecting", 0.25));
    let named = read(&[endpoint, ("OTEL_SERVICE_NAME", "own")]).unwrap();
    assert_eq!((named.service.as_str(), named.ratio), ("own", 1.0));
}

#[test]
fn what_traces_cannot_be_sent_with_is_told() {
    let wrong = [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4317"),
        ("OTEL_EXPORTER_OTLP_HEADERS", "authorization"),
        ("OTEL_TRACES_SAMPLER_ARG", "2"),
        ("OTEL_RESOURCE_ATTRIBUTES", "a=%zz"),
    ];
    let expected = [
        "OTEL_RESOURCE_ATTRIBUTES",
        "OTEL_EXPORTER_OTLP_HEADERS",
        "OTEL_TRACES_SAMPLER_ARG",
        "OTEL_EXPORTER_OTLP_ENDPOINT",
    ];
    assert_eq!(faults(&wrong), expected);
    let login = [("OTEL_EXPORTER_OTLP_ENDPOINT", "http://u:p@collector:4318")];
    assert_eq!(faults(&login), ["OTEL_EXPORTER_OTLP_ENDPOINT"]);
}
