//! A platform with a pool of one proxy, and a key to use it.

use std::net::SocketAddr;

use serde_json::{Value, json};
use tempfile::TempDir;
use workflow_platform::{
    cli::{Role, start::Server},
    config::{Config, Purpose},
};

use crate::person::sign_up;

/// Limits are counted, and far away.
const SETTINGS: [(&str, &str); 7] = [
    ("API_PORT", "0"),
    ("PROXY_GATEWAY_PORT", "0"),
    ("OUTBOUND_ALLOW", "127.0.0.1"),
    ("LOG_LEVEL", "warn"),
    ("RATE_LIMIT_PER_IP", "100000000"),
    ("RATE_LIMIT_PER_USER", "100000000"),
    ("PROXY_GATEWAY_REQUESTS", "1000000000"),
];

pub struct Place {
    pub gateway: SocketAddr,
    pub user: String,
    pub key: String,
    server: Server,
    _folder: TempDir,
}

impl Place {
    pub async fn open(upstream: SocketAddr) -> Self {
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let folder = tempfile::tempdir().unwrap();
        let values = SETTINGS.into_iter().chain([("DATA_DIR", folder.path().to_str().unwrap())]);
        let config = Config::from_values(values, Purpose::Local).unwrap();
        let mails = config.mail_dir();
        let server = Box::pin(Server::start(config, Role::All)).await.unwrap();
        let api = format!("http://{}/api/v1", server.address);
        let token = sign_up(&api, &mails, "ann").await;
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let post = async |path: &str, body: Value| -> Value {
            let ask = client.post(format!("{api}{path}")).bearer_auth(&token).json(&body);
            let answer: Value = ask.send().await.unwrap().json().await.unwrap();
            assert_eq!(answer["success"], true, "{answer}");
            answer["data"].clone()
        };
        let pool = json!({ "name": "bench", "strategy": "smart", "parallel_limit": 100 });
        let pool = post("/proxy/pools", pool).await;
        let import = format!("/proxy/pools/{}/import", pool["id"].as_str().unwrap());
        post(&import, json!({ "text": format!("http://{upstream}") })).await;
        let wish = json!({ "name": "bench", "scopes": ["proxy:use"] });
        let key = post("/users/me/api-keys", wish).await["key"].as_str().unwrap().to_owned();
        let gateway = server.proxy_gateway_address.unwrap();
        Self { gateway, user: "pool-bench".to_owned(), key, server, _folder: folder }
    }

    pub async fn stop(self) {
        self.server.stop().await.unwrap();
    }
}
