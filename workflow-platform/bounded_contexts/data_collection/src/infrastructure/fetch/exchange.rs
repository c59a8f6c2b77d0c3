//! One request and its answer, without redirects.

use std::{error::Error, io, time::Duration};

use bytes::{Bytes, BytesMut};
use reqwest::{Client, Method};
use shared_kernel::application::{FetchError, FetchMethod, FetchRequest};
use tokio::time::Instant;
use url::Url;

use super::guard::Refused;

/// What came back on one hop.
#[derive(Debug, Clone)]
pub(super) struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Bytes,
    pub elapsed: Duration,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// What is sent on one hop.
#[derive(Debug, Clone)]
pub(super) struct Hop<'a> {
    pub request: &'a FetchRequest,
    pub url: &'a Url,
    pub method: FetchMethod,
    pub body: Option<Bytes>,
    /// Headers that must not go to another origin are left out there.
    pub same_origin: bool,
}

/// Sends and reads all of the answer within `limit`, or until the request is cancelled.
pub(super) async fn exchange(
    client: &Client,
    hop: &Hop<'_>,
    limit: Duration,
) -> Result<Answer, FetchError> {
    let work = async {
        match tokio::time::timeout(limit, send(client, hop)).await {
            Ok(answer) => answer,
            Err(_) => Err(FetchError::Timeout(hop.request.timeout)),
        }
    };
    tokio::select! {
        answer = work => answer,
        () = hop.request.cancel.cancelled() => Err(FetchError::Cancelled),
    }
}

async fn send(client: &Client, hop: &Hop<'_>) -> Result<Answer, FetchError> {
    let begun = Instant::now();
    let mut builder = client.request(method(hop.method), hop.url.clone());
    for (name, value) in &hop.request.headers {
        if hop.same_origin || !is_secret(name) {
            builder = builder.header(name, value);
        }
    }
    if let Some(body) = &hop.body {
        builder = builder.body(body.clone());
    }
    let mut response = builder.send().await.map_err(|error| failure(&error, hop.url))?;
    let most = hop.request.max_bytes;
    let headers = response.headers().iter().map(|(name, value)| {
        (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
    });
    let (status, headers) = (response.status().as_u16(), headers.collect());
    let mut body = BytesMut::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| failure(&error, hop.url))? {
        // The chunks are decompressed already, so a bomb is stopped where it goes off.
        if (body.len() + chunk.len()) as u64 > most {
            return Err(FetchError::TooLarge(most));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Answer { status, headers, body: body.freeze(), elapsed: begun.elapsed() })
}

fn is_secret(name: &str) -> bool {
    ["authorization", "cookie", "proxy-authorization"]
        .iter()
        .any(|secret| name.eq_ignore_ascii_case(secret))
}

fn method(method: FetchMethod) -> Method {
    match method {
        FetchMethod::Get => Method::GET,
        FetchMethod::Head => Method::HEAD,
        FetchMethod::Post => Method::POST,
        FetchMethod::Put => Method::PUT,
        FetchMethod::Patch => Method::PATCH,
        FetchMethod::Delete => Method::DELETE,
        FetchMethod::Options => Method::OPTIONS,
    }
}

/// The error's own words without addresses of ours; which sort it is says the chain.
fn failure(error: &reqwest::Error, url: &Url) -> FetchError {
    let host = url.host_str().unwrap_or_default().to_owned();
    let mut text = String::new();
    let mut link: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(found) = link {
        if let Some(refused) = found.downcast_ref::<Refused>() {
            return FetchError::Forbidden {
                address: format!("{} ({})", refused.host, refused.address),
            };
        }
        text = found.to_string();
        if error.is_connect() && is_dns(&text, found) {
            return FetchError::Dns(host);
        }
        link = found.source();
    }
    if error.is_timeout() {
        return FetchError::Transport("connecting took too long".to_owned());
    }
    FetchError::Transport(format!("{host}: {text}"))
}

fn is_dns(text: &str, error: &(dyn Error + 'static)) -> bool {
    let lookup = text.contains("dns error") || text.contains("failed to lookup address");
    lookup
        || error
            .downcast_ref::<io::Error>()
            .is_some_and(|error| error.to_string().contains("lookup"))
}
