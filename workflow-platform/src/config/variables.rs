//! Every variable the platform knows, with what it means.

/// One variable.
#[derive(Debug, Clone, Copy)]
pub struct Variable {
    pub name: &'static str,
    /// As it would be written; empty when there is none.
    pub default: &'static str,
    pub meaning: &'static str,
}

const fn variable(name: &'static str, default: &'static str, meaning: &'static str) -> Variable {
    Variable { name, default, meaning }
}

/// All variables, in the order in which they are printed.
pub const VARIABLES: &[Variable] = &[
    variable("APP_NAME", "Workflow Platform", "name in mails and in the API document"),
    variable("APP_VERSION", "", "version shown by /health; the binary's own unless set"),
    variable("DEBUG", "false", "more log lines, written for people"),
    variable("API_HOST", "127.0.0.1", "address to listen on; 0.0.0.0 for all"),
    variable("API_PORT", "8001", "port to listen on"),
    variable("DATA_DIR", "./data", "folder of the embedded database, secret, blobs and mails"),
    variable(
        "DATABASE_URL",
        "",
        "postgresql:// or postgresql+asyncpg:// URL; SQLite in DATA_DIR unless set",
    ),
    variable("DATABASE_POOL_SIZE", "20", "connections to PostgreSQL that are kept"),
    variable("DATABASE_MAX_OVERFLOW", "30", "further connections opened under load"),
    variable("DATABASE_POOL_PRE_PING", "true", "ask a connection before it is used"),
    variable("DATABASE_POOL_RECYCLE", "3600", "seconds after which a connection is replaced"),
    variable("REDIS_URL", "", "redis:// URL of the shared cache and bus; in process unless set"),
    variable("BLOB_S3_BUCKET", "", "S3 bucket for large payloads; DATA_DIR/blobs unless set"),
    variable("BLOB_S3_PREFIX", "", "before the names of all objects"),
    variable("BLOB_S3_ENDPOINT", "", "address of an S3-compatible store; Amazon's unless set"),
    variable("BLOB_S3_REGION", "us-east-1", "region of the bucket"),
    variable("BLOB_S3_ACCESS_KEY_ID", "", "key for the bucket; needed with BLOB_S3_BUCKET"),
    variable("BLOB_S3_SECRET_ACCESS_KEY", "", "its secret; needed with BLOB_S3_BUCKET"),
    variable("CORS_ALLOWED_ORIGINS", "[]", "JSON list of origins that browsers may call from"),
    variable(
        "TRUSTED_PROXIES",
        "",
        "comma list of addresses and CIDRs whose X-Forwarded-For and -Proto are believed",
    ),
    variable("IP_ALLOW", "", "comma list of addresses and CIDRs; when set, nobody else comes in"),
    variable("IP_DENY", "", "comma list of addresses and CIDRs that do not come in"),
    variable("ADMIN_IP_ALLOW", "", "the same as IP_ALLOW for the routes of administrators"),
    variable("RATE_LIMIT_ENABLED", "true", "count requests and refuse what is too much"),
    variable("RATE_LIMIT_PER_IP", "600", "requests a minute from one address, IPv6 by /64"),
    variable("RATE_LIMIT_PER_USER", "1200", "requests a minute by one user"),
    variable(
        "RATE_LIMIT_SENSITIVE",
        "20",
        "requests a minute from one address to each sensitive route, such as login",
    ),
    variable("DEFAULT_LOCALE", "zh-CN", "language of callers who name none: zh-CN or en"),
    variable(
        "LOG_LEVEL",
        "info",
        "error, warn, info, debug, trace, or a filter such as info,workflow=debug",
    ),
    variable("LOG_FORMAT", "json", "json or plain"),
    variable(
        "JWT_SECRET_KEY",
        "",
        "32 bytes or more; made in DATA_DIR when the database is embedded",
    ),
    variable("JWT_ACCESS_TOKEN_EXPIRE_MINUTES", "30", "life of an access token"),
    variable("JWT_REFRESH_TOKEN_EXPIRE_DAYS", "7", "life of a refresh token"),
    variable("JWT_ALGORITHM", "HS256", "how access tokens are signed: HS256 or EdDSA"),
    variable(
        "JWT_PREVIOUS_SECRET_KEYS",
        "[]",
        "JSON list of former secrets whose tokens are still accepted",
    ),
    variable("AUDIT_RETENTION_DAYS", "365", "days for which the audit log is kept"),
    variable("DATA_SECRET_KEY", "", "seals stored credentials; JWT_SECRET_KEY unless set"),
    variable(
        "DATA_PREVIOUS_SECRET_KEYS",
        "[]",
        "JSON list of former secrets that still open what they sealed",
    ),
    variable("PASSWORD_HASH_MEMORY_KIB", "47104", "memory of one Argon2id hash of a password"),
    variable("PASSWORD_HASH_PASSES", "1", "passes over that memory"),
    variable("PASSWORD_HASH_LANES", "1", "lanes of that memory"),
    variable(
        "ACCOUNT_DELETION_DAYS",
        "30",
        "days in which people may still keep an account they asked to delete",
    ),
    variable("BILLING_TAX_RATE", "0", "percent of tax on top of prices, such as 6 or 7.25"),
    variable(
        "BILLING_TRIAL_DAYS",
        "14",
        "days of a trial of somebody's first paid plan; 0 for none",
    ),
    variable(
        "STRIPE_SECRET_KEY",
        "",
        "API key; invoices are paid through Stripe when set, and settled by hand otherwise",
    ),
    variable("STRIPE_WEBHOOK_SECRET", "", "secret of the webhook; needed with STRIPE_SECRET_KEY"),
    variable(
        "STRIPE_RETURN_URL",
        "",
        "where customers come back to after paying; needed with STRIPE_SECRET_KEY",
    ),
    variable("STRIPE_API_URL", "https://api.stripe.com/", "where Stripe's API is"),
    variable("SMTP_HOST", "", "mail server; mails are written to DATA_DIR/mail unless set"),
    variable("SMTP_PORT", "587", "port of the mail server"),
    variable("SMTP_USERNAME", "", "login at the mail server"),
    variable("SMTP_PASSWORD", "", "password at the mail server"),
    variable("SMTP_CA_FILE", "", "PEM file of an authority to trust beside those of the system"),
    variable("SMTP_FROM_EMAIL", "", "sender of mails; needed with SMTP_HOST"),
    variable(
        "OUTBOUND_ALLOW",
        "",
        "comma list of host[:port] or CIDR that workflows may reach although private",
    ),
    variable(
        "COLLECTION_USER_AGENT",
        "workflow-platform/version",
        "what sites see; its first word is the name that robots.txt calls us by",
    ),
    variable("COLLECTION_ARCHIVE_DAYS", "30", "days for which fetched pages are kept"),
    variable(
        "COLLECTION_ARCHIVE_MIB_PER_USER",
        "2048",
        "most MiB of fetched pages, compressed, that are kept of one user",
    ),
    variable(
        "DNS_SERVERS",
        "",
        "comma list of address[:port] to ask for names that workflows fetch from; the system's unless set",
    ),
    variable("PROXY_TEST_URL", "", "what proxies are tested against; a public address unless set"),
    variable(
        "OUTBOUND_CA_FILE",
        "",
        "PEM file of authorities that sites and HTTPS proxies are checked by beside the system's",
    ),
    variable(
        "PROXY_GATEWAY_PORT",
        "",
        "port where outside clients use proxy pools; off unless set",
    ),
    variable("PROXY_GATEWAY_HOST", "127.0.0.1", "address to listen on with PROXY_GATEWAY_PORT"),
    variable("PROXY_GATEWAY_CONNECTIONS", "256", "connections of one user to that port at once"),
    variable(
        "PROXY_GATEWAY_REQUESTS",
        "6000",
        "requests and tunnels of one user there in a minute",
    ),
    variable("DOCS_ENABLED", "true", "serve /api/openapi.json and the pages at /api/docs"),
    variable(
        "REQUEST_BODY_TIMEOUT",
        "30",
        "seconds within which the body of a request must arrive",
    ),
    variable("UPLOAD_MAX_BYTES", "33554432", "bytes of one uploaded file"),
    variable("UPLOAD_MAX_FILES", "200", "uploaded files that one user may keep"),
    variable("UPLOAD_RETENTION_DAYS", "7", "days for which an uploaded file is kept"),
    variable("BACKUP_TO", "", "folder of backups; DATA_DIR/backups unless set"),
    variable("BACKUP_KEY", "", "32 bytes or more; seals backups, which are open unless set"),
    variable(
        "BACKUP_PREVIOUS_KEYS",
        "[]",
        "JSON list of former keys that still open what they sealed",
    ),
    variable("BACKUP_KEEP_DAYS", "30", "days after which a backup deletes earlier ones"),
    variable("BACKUP_BLOBS", "true", "whether a backup holds the files of the blob store"),
    variable(
        "BACKUP_SCRATCH_URL",
        "",
        "empty PostgreSQL database that backups are proved in; one is made and dropped unless set",
    ),
    variable(
        "POSTGRES_BIN_DIR",
        "",
        "folder of pg_dump, pg_restore and psql; found on PATH unless set",
    ),
    variable("METRICS_TOKEN", "", "bearer token that /metrics asks for; open unless set"),
    variable("METRICS_PORT", "", "port of its own for /metrics; on API_PORT unless set"),
    variable("METRICS_HOST", "127.0.0.1", "address to listen on with METRICS_PORT"),
    variable("WORKER_CONCURRENCY", "64", "executions that one process drives at once"),
    variable(
        "BOOTSTRAP_ADMIN_EMAIL",
        "",
        "with BOOTSTRAP_ADMIN_PASSWORD: makes the first super administrator at start",
    ),
    variable("BOOTSTRAP_ADMIN_PASSWORD", "", "password of the first super administrator"),
];
