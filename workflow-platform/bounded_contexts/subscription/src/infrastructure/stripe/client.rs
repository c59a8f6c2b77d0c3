//! Requests to Stripe's API: bounded in time and size, repeated where that is safe.

use std::time::Duration;

use reqwest::{Request, RequestBuilder, Response, StatusCode, redirect::Policy};
use secrecy::{ExposeSecret as _, SecretString};
use serde::de::DeserializeOwned;
use shared_kernel::application::trace::{Span, SpanKind};
use url::Url;

use super::shapes::Refusal;
use crate::application::payment_ports::ProviderError;

const CONNECT: Duration = Duration::from_secs(5);
const ANSWER: Duration = Duration::from_secs(8);
/// Doubled before each further attempt.
const PAUSE: Duration = Duration::from_millis(200);
const ATTEMPTS: u32 = 3;
/// Of an answer, bytes.
const MOST: usize = 1024 * 1024;
/// What answers look like does not change under us.
const VERSION: &str = "2024-06-20";

/// Goes to the address that the operator set and nowhere else: no redirect is followed, and no
/// part of the address comes from outside.
pub(super) struct Client {
    http: reqwest::Client,
    base: String,
    key: SecretString,
}

fn unreachable(error: reqwest::Error) -> ProviderError {
    ProviderError::Unreachable(Box::new(error.without_url()))
}

/// Whether another attempt may help. 409 is another request under the same key that is not done.
fn is_passing(status: StatusCode) -> bool {
    status.is_server_error() || matches!(status.as_u16(), 409 | 429)
}

impl Client {
    pub fn new(base: &Url, key: SecretString) -> Result<Self, ProviderError> {
        let http = reqwest::Client::builder()
            .redirect(Policy::none())
            .referer(false)
            .no_proxy()
            .connect_timeout(CONNECT)
            .timeout(ANSWER)
            .build()
            .map_err(unreachable)?;
        Ok(Self { http, base: base.as_str().trim_end_matches('/').to_owned(), key })
    }

    pub async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, ProviderError> {
        self.ask(|| self.http.get(format!("{}{path}", self.base))).await
    }

    /// Under one key it is done once, however many attempts it takes.
    pub async fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        idempotency_key: &str,
        form: &[(&'static str, String)],
    ) -> Result<T, ProviderError> {
        let address = format!("{}{path}", self.base);
        self.ask(|| self.http.post(&address).header("Idempotency-Key", idempotency_key).form(form))
            .await
    }

    async fn ask<T: DeserializeOwned>(
        &self,
        request: impl Fn() -> RequestBuilder,
    ) -> Result<T, ProviderError> {
        let mut pause = PAUSE;
        for _ in 1..ATTEMPTS {
            match self.once(request()).await {
                Ok(Some(body)) => return understood(&body),
                Ok(None) | Err(ProviderError::Unreachable(_)) => {}
                Err(error) => return Err(error),
            }
            tokio::time::sleep(pause).await;
            pause *= 2;
        }
        let body = self.once(request()).await?;
        let busy = || ProviderError::Unreachable("it answers that it cannot now".into());
        understood(&body.ok_or_else(busy)?)
    }

    /// None when another attempt may help.
    async fn once(&self, request: RequestBuilder) -> Result<Option<Vec<u8>>, ProviderError> {
        let request = request.bearer_auth(self.key.expose_secret());
        let request = request.header("Stripe-Version", VERSION).build().map_err(unreachable)?;
        let span = begin(&request);
        let answer = self.http.execute(request).await;
        end(span, answer.as_ref().ok().map(Response::status));
        let answer = answer.map_err(unreachable)?;
        let status = answer.status();
        if is_passing(status) {
            return Ok(None);
        }
        let body = read(answer).await?;
        if status.is_success() {
            return Ok(Some(body));
        }
        Err(ProviderError::Refused { status: status.as_u16(), code: Refusal::code_of(&body) })
    }
}

fn begin(request: &Request) -> Span {
    let method = request.method();
    let mut span = Span::start(SpanKind::Client, || method.to_string().into());
    if span.is_recorded() {
        span.show("http.request.method", method);
        span.show("server.address", &request.url().host_str().unwrap_or_default());
        span.set("peer.service", "stripe");
    }
    span
}

fn end(mut span: Span, status: Option<StatusCode>) {
    match status {
        None => span.fail("UNREACHABLE"),
        Some(status) => {
            span.set("http.response.status_code", status.as_u16());
            if status.is_client_error() || status.is_server_error() {
                span.fail(status.as_str().to_owned());
            }
        }
    }
}

async fn read(mut answer: Response) -> Result<Vec<u8>, ProviderError> {
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(unreachable)? {
        body.extend_from_slice(&chunk);
        if body.len() > MOST {
            return Err(ProviderError::Answer("it is too large".to_owned()));
        }
    }
    Ok(body)
}

fn understood<T: DeserializeOwned>(body: &[u8]) -> Result<T, ProviderError> {
    serde_json::from_slice(body).map_err(|error| ProviderError::Answer(error.to_string()))
}
