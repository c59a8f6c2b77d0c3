//! The public API as the demo uses it: like any other client.

use std::net::SocketAddr;

use anyhow::{Context as _, bail};
use reqwest::{Client, Method, StatusCode};
use serde_json::Value;

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

impl Api {
    pub fn new(address: SocketAddr) -> anyhow::Result<Self> {
        let client = Client::builder().no_proxy().build()?;
        Ok(Self { client, base: format!("http://{address}/api/v1"), token: None })
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
