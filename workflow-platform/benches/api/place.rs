//! A platform with somebody signed in, and a bare server beside it.

use axum::{Json, Router, routing::get};
use secrecy::SecretString;
use serde_json::json;
use tempfile::TempDir;
use tokio::net::TcpListener;
use workflow_platform::{
    cli::{Role, start::Server},
    config::{Config, Purpose},
};

use crate::{CALLERS, person::sign_up};

/// Limits are counted, and far away.
const SETTINGS: [(&str, &str); 5] = [
    ("API_PORT", "0"),
    ("LOG_LEVEL", "warn"),
    ("RATE_LIMIT_PER_IP", "100000000"),
    ("RATE_LIMIT_PER_USER", "100000000"),
    ("RATE_LIMIT_SENSITIVE", "100000000"),
];

pub struct Place {
    pub name: &'static str,
    /// Address of the bare answer.
    pub bare: String,
    pub me: String,
    pub login: String,
    /// Of one of the users.
    pub token: String,
    server: Server,
    _folder: TempDir,
}

/// On SQLite, and on PostgreSQL with Redis when there are servers.
pub async fn all() -> Vec<Place> {
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let mut places = vec![open("sqlite", |_| ()).await];
    if let (Some(database), Some(redis)) =
        (testkit::postgres_settings().await, testkit::redis_url())
    {
        let servers = |config: &mut Config| {
            config.database = database;
            config.redis_url = Some(SecretString::from(redis));
        };
        places.push(open("postgres and redis", servers).await);
    }
    places
}

async fn open(name: &'static str, change: impl FnOnce(&mut Config)) -> Place {
    let folder = tempfile::tempdir().unwrap();
    let data_dir = folder.path().to_str().unwrap();
    let values = SETTINGS.into_iter().chain([("DATA_DIR", data_dir)]);
    let mut config = Config::from_values(values, Purpose::Local).unwrap();
    change(&mut config);
    let mails = config.mail_dir();
    let server = Box::pin(Server::start(config, Role::All)).await.unwrap();
    let api = format!("http://{}/api/v1", server.address);
    let mut tokens = Vec::new();
    for name in names() {
        tokens.push(sign_up(&api, &mails, &name).await);
    }
    Place {
        name,
        bare: bare().await,
        me: format!("{api}/users/me"),
        login: format!("{api}/users/auth/login"),
        token: tokens.remove(0),
        server,
        _folder: folder,
    }
}

/// More than callers: many tries at once to sign in as one user are taken for guesses.
pub fn names() -> impl Iterator<Item = String> {
    (0..4 * CALLERS).map(|number| format!("person-{number}"))
}

/// An answer of about the size of a user's.
async fn bare() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let answer =
        json!({ "success": true, "message": "OK", "data": { "padding": "x".repeat(320) } });
    let router = Router::new().route("/", get(async || Json(answer)));
    tokio::spawn(async move { axum::serve(listener, router).await });
    format!("http://{address}/")
}

impl Place {
    pub async fn stop(self) {
        self.server.stop().await.unwrap();
    }
}
