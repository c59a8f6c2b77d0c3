//! A running platform as its users see it: an address, and a folder of mails.

use std::{net::SocketAddr, path::PathBuf};

use reqwest::Method;
use serde_json::Value;

use super::{Person, Reply, logs};

/// Where the platform is and how to talk to it.
pub struct Site {
    pub address: SocketAddr,
    pub mail_dir: PathBuf,
    pub client: reqwest::Client,
}

impl Site {
    pub fn new(address: SocketAddr, mail_dir: PathBuf) -> Self {
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        Self { address, mail_dir, client }
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// A request of nobody, with `path` under `/api/v1`.
    pub fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let url = self.url(&format!("/api/v1{path}"));
        self.client.request(method, url).header("accept-language", "en")
    }

    pub async fn post(&self, path: &str, body: &Value) -> Reply {
        logs::remember(body);
        Reply::of(self.request(Method::POST, path).json(body)).await
    }

    /// Somebody who registered with a mailed code and signed in.
    pub async fn person(&self, name: &str) -> Person<'_> {
        Person::register(self, name).await
    }
}
