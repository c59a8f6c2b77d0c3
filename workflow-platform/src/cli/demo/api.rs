//! The public API as the demo uses it: like any other client.

use std::time::Duration;

use anyhow::{Context as _, bail};
use reqwest::{Client, Method, StatusCode};
use serde_json::Value;
use url::Url;

/// How long a connection may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// A client, signed in or not.
#[derive(Debug, Clone)]
pub struct Api {
    client: Client,
    base: String,
    token: Option<String>,
}

/// An answer that was no success.
#[derive(Debug, thiserror::Error)]
#[error("{method} {path} answered {status} {code}: {message}")]
pub struct Refused {
    method: Method,
    path: String,
    pub status: StatusCode,
    pub code: String,
    message: String,
}

impl Refused {
    /// Whether the thing asked for is not there.
    pub fn is_missing(&self) -> bool {
        self.status == StatusCode::NOT_FOUND
    }
}

impl Api {
    /// Of the platform at `address`, such as `http://127.0.0.1:8001/`.
    pub fn new(address: &Url) -> anyhow::Result<Self> {
        let client = Client::builder().no_proxy().connect_timeout(PATIENCE).build()?;
        let base = format!("{}/api/v1", address.as_str().trim_end_matches('/'));
        Ok(Self { client, base, token: None })
    }

    #[must_use]
    pub fn signed_in(&self, token: &str) -> Self {
        Self { token: Some(token.to_owned()), ..self.clone() }
    }

    pub fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let request = self.client.request(method, format!("{}{path}", self.base));
        let request = request.header("accept-language", "en");
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    pub async fn get(&self, path: &str) -> anyhow::Result<Value> {
        self.send(Method::GET, path, None).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> anyhow::Result<Value> {
        self.send(Method::POST, path, Some(body)).await
    }

    pub async fn put(&self, path: &str, body: &Value) -> anyhow::Result<Value> {
        self.send(Method::PUT, path, Some(body)).await
    }

    pub async fn delete(&self, path: &str) -> anyhow::Result<Value> {
        self.send(Method::DELETE, path, None).await
    }

    /// The id of a list's item of that name.
    pub async fn id_of(&self, list: &str, name: &str) -> anyhow::Result<Option<String>> {
        let listed = self.get(&format!("{list}?limit=200")).await?;
        let items = listed["items"].as_array().map_or(&[][..], Vec::as_slice);
        let found = items.iter().find(|item| item["name"] == name);
        Ok(found.and_then(|item| item["id"].as_str()).map(str::to_owned))
    }

    /// `data` of a success; [`Refused`] else.
    async fn send(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> anyhow::Result<Value> {
        let mut request = self.request(method.clone(), path);
        if let Some(body) = body {
            request = request.json(body);
        }
        let response = request.send().await.with_context(|| format!("{method} {path}"))?;
        let status = response.status();
        let mut envelope: Value =
            response.json().await.with_context(|| format!("{method} {path}"))?;
        if status.is_success() {
            return Ok(envelope["data"].take());
        }
        let text = |key: &str| envelope[key].as_str().unwrap_or_default().to_owned();
        let (code, message) =
            (text("error"), format!("{} {}", text("message"), envelope["details"]));
        bail!(Refused { method, path: path.to_owned(), status, code, message })
    }
}
