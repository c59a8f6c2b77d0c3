//! One request and its answer, without redirects.

use std::{error::Error, io, time::Duration};

use bytes::{Bytes, BytesMut};
use reqwest::{Client, Method};
use shared_kernel::{
    application::{FetchError, FetchMethod, FetchOutcome, FetchRequest},
    domain::TraceContext,
    infrastructure::outbound::OutboundPolicy,
};
use tokio::time::Instant;
use url::Url;
use uuid::Uuid;

use super::{
    guard::{Refused, judge_peer},
    spans,
};
use crate::application::outcome::{Seen, outcome_of};

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
    /// Headers of this hop alone: cookies and validators.
    pub extra: &'a [(&'static str, String)],
    /// A longer body is cut off instead of being an error.
    pub cut: bool,
    /// Judges the connection; `None` through a proxy, whose connection is its own.
    pub policy: Option<&'a OutboundPolicy>,
}

/// Sends and reads all of the answer within `limit`, or until the request is cancelled. `proxy` is
/// the id of what the client goes through.
pub(super) async fn exchange(
    client: &Client,
    hop: &Hop<'_>,
    limit: Duration,
    proxy: Option<Uuid>,
) -> Result<Answer, FetchError> {
    let span = spans::begin(hop, proxy);
    let answer = within_limit(client, hop, limit, span.context()).await;
    spans::end(span, &answer);
    answer
}

async fn within_limit(
    client: &Client,
    hop: &Hop<'_>,
    limit: Duration,
    trace: Option<TraceContext>,
) -> Result<Answer, FetchError> {
    let work = async {
        match tokio::time::timeout(limit, send(client, hop, trace)).await {
            Ok(answer) => answer,
            Err(_) => Err(FetchError::Timeout(hop.request.timeout)),
        }
    };
    tokio::select! {
        answer = work => answer,
        () = hop.request.cancel.cancelled() => Err(FetchError::Cancelled),
    }
}

async fn send(
    client: &Client,
    hop: &Hop<'_>,
    trace: Option<TraceContext>,
) -> Result<Answer, FetchError> {
    let begun = Instant::now();
    let mut builder = client.request(method(hop.method), hop.url.clone());
    for (name, value) in &hop.request.headers {
        if hop.same_origin || !is_secret(name) {
            builder = builder.header(name, value);
        }
    }
    for (name, value) in hop.extra {
        builder = builder.header(*name, value);
    }
    if let (Some(_), Some(trace)) = (hop.request.trace, trace) {
        builder = builder.header("traceparent", trace.to_string());
    }
    if let Some(body) = &hop.body {
        builder = builder.body(body.clone());
    }
    let mut response = builder.send().await.map_err(|error| failure(&error, hop.url))?;
    if let Some(policy) = hop.policy {
        judge_peer(policy, hop.url, response.remote_addr())?;
    }
    let most = hop.request.max_bytes;
    // Of a body that is not packed its length says all.
    if !hop.cut && response.content_length().is_some_and(|length| length > most) {
        return Err(FetchError::TooLarge(most));
    }
    let expected = response.content_length().unwrap_or(0).min(most);
    let headers = response.headers().iter().map(|(name, value)| {
        (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
    });
    let (status, headers) = (response.status().as_u16(), headers.collect());
    let mut body = BytesMut::with_capacity(usize::try_from(expected).unwrap_or(0));
    while let Some(chunk) = response.chunk().await.map_err(|error| failure(&error, hop.url))? {
        // The chunks are decompressed already, so a bomb is stopped where it goes off.
        if (body.len() + chunk.len()) as u64 > most {
            if hop.cut {
                let room = usize::try_from(most).unwrap_or(usize::MAX).saturating_sub(body.len());
                body.extend_from_slice(&chunk[..room.min(chunk.len())]);
                break;
            }
            return Err(FetchError::TooLarge(most));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Answer { status, headers, body: body.freeze(), elapsed: begun.elapsed() })
}

/// What the answer to a request for `asked` means, which came from `url`.
pub(super) fn class(answer: &Answer, asked: &Url, url: &Url) -> FetchOutcome {
    outcome_of(Seen {
        status: answer.status,
        retry_after: answer.header("retry-after").is_some(),
        mitigated: answer.header("cf-mitigated"),
        body: &answer.body,
        asked,
        url,
    })
}

/// Names of headers that carry what only their first receiver may know.
pub(super) fn is_secret(name: &str) -> bool {
    const PARTS: [&str; 7] =
        ["authorization", "cookie", "token", "secret", "api-key", "apikey", "password"];
    let name = name.to_ascii_lowercase();
    PARTS.iter().any(|part| name.contains(part))
}

pub(super) fn method(method: FetchMethod) -> Method {
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

/// The links of an error, from what failed to why.
fn chain<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |link: &&'a (dyn Error + 'static)| (*link).source())
}

/// The error's own words without addresses of ours; which sort it is says the chain.
fn failure(error: &reqwest::Error, url: &Url) -> FetchError {
    let host = url.host_str().unwrap_or_default().to_owned();
    if let Some(refused) = chain(error).find_map(|link| link.downcast_ref::<Refused>()) {
        let address = format!("{} ({})", refused.host, refused.address);
        return FetchError::Forbidden { address };
    }
    if error.is_connect() && chain(error).any(|link| is_dns(&link.to_string(), link)) {
        return FetchError::Dns(host);
    }
    if error.is_timeout() {
        return FetchError::Transport("connecting took too long".to_owned());
    }
    let text = chain(error).last().map(ToString::to_string).unwrap_or_default();
    FetchError::Transport(format!("{host}: {text}"))
}

fn is_dns(text: &str, error: &(dyn Error + 'static)) -> bool {
    let lookup = text.contains("dns error") || text.contains("failed to lookup address");
    lookup
        || error
            .downcast_ref::<io::Error>()
            .is_some_and(|error| error.to_string().contains("lookup"))
}
