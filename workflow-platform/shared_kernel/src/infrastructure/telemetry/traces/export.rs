//! Batches of spans on their way to the collector (OTLP 1.x over HTTP, binary protobuf).
//!
//! The SDK's own exporter reads variables of the environment by itself, so this is ours.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, header::CONTENT_TYPE};
use opentelemetry_proto::{
    tonic::collector::trace::v1::ExportTraceServiceRequest,
    transform::{
        common::tonic::ResourceAttributesWithSchema,
        trace::tonic::group_spans_by_resource_and_scope,
    },
};
use opentelemetry_sdk::{
    Resource,
    error::{OTelSdkError, OTelSdkResult},
    trace::{SpanData, SpanExporter},
};
use prost::Message as _;
use reqwest::{Client, redirect::Policy};
use secrecy::ExposeSecret as _;
use tokio::runtime::Handle;
use tracing::{info, warn};
use url::Url;

use super::{TraceError, TraceSettings};

const CONNECT: Duration = Duration::from_secs(2);
/// For one attempt.
const ANSWER: Duration = Duration::from_secs(5);
const ATTEMPTS: u32 = 3;
/// Doubled before each further attempt.
const PAUSE: Duration = Duration::from_millis(250);

/// The SDK drives it from a thread of its own; what it sends goes through the process's runtime.
#[derive(Debug)]
pub(super) struct Exporter {
    way: Way,
    runtime: Handle,
    resource: ResourceAttributesWithSchema,
    /// The last batch did not arrive.
    failing: AtomicBool,
}

#[derive(Debug, Clone)]
struct Way {
    http: Client,
    url: Url,
    headers: HeaderMap,
}

/// Why a batch did not arrive, and whether another attempt may help.
#[derive(Debug, thiserror::Error)]
enum NotSent {
    #[error("the collector cannot be reached")]
    Unreachable(#[source] reqwest::Error),
    #[error("the collector answered {0}")]
    Answered(u16),
    #[error("the process ends")]
    Ending,
}

impl NotSent {
    /// As the specification of OTLP/HTTP lists them.
    fn may_pass(&self) -> bool {
        match self {
            Self::Unreachable(_) => true,
            Self::Answered(status) => matches!(status, 429 | 502 | 503 | 504),
            Self::Ending => false,
        }
    }
}

impl Exporter {
    pub fn new(settings: &TraceSettings, runtime: Handle) -> Result<Self, TraceError> {
        let http = Client::builder()
            .redirect(Policy::none())
            .referer(false)
            .no_proxy()
            .connect_timeout(CONNECT)
            .timeout(ANSWER)
            .build()?;
        let headers = headers(settings)?;
        let resource = ResourceAttributesWithSchema::default();
        let way = Way { http, url: settings.url.clone(), headers };
        Ok(Self { way, runtime, resource, failing: AtomicBool::new(false) })
    }

    /// Says once that it fails, and once that it goes on.
    fn tell(&self, sent: &Result<(), NotSent>, spans: u64) {
        let host = self.way.url.host_str().unwrap_or_default();
        match sent {
            Ok(()) => {
                metrics::counter!("trace_spans_sent_total").increment(spans);
                if self.failing.swap(false, Ordering::Relaxed) {
                    info!("spans arrive at {host} again");
                }
            }
            Err(error) => {
                metrics::counter!("trace_spans_lost_total").increment(spans);
                if !self.failing.swap(true, Ordering::Relaxed) {
                    let error = error as &dyn std::error::Error;
                    warn!(error, "spans do not arrive at {host}, they are dropped");
                }
            }
        }
    }
}

fn headers(settings: &TraceSettings) -> Result<HeaderMap, TraceError> {
    let mut headers = HeaderMap::new();
    for (name, value) in &settings.headers {
        let bad = || TraceError::Header(name.clone());
        let named = HeaderName::from_bytes(name.as_bytes()).map_err(|_| bad())?;
        let mut value = HeaderValue::from_str(value.expose_secret()).map_err(|_| bad())?;
        value.set_sensitive(true);
        headers.append(named, value);
    }
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/x-protobuf"));
    Ok(headers)
}

impl Way {
    async fn send(self, body: Bytes) -> Result<(), NotSent> {
        let mut pause = PAUSE;
        for _ in 1..ATTEMPTS {
            match self.once(body.clone()).await {
                Err(error) if error.may_pass() => {}
                ended => return ended,
            }
            tokio::time::sleep(pause).await;
            pause *= 2;
        }
        self.once(body).await
    }

    async fn once(&self, body: Bytes) -> Result<(), NotSent> {
        let request = self.http.post(self.url.clone()).headers(self.headers.clone()).body(body);
        let answer = request.send().await;
        let answer = answer.map_err(|error| NotSent::Unreachable(error.without_url()))?;
        let status = answer.status();
        if status.is_success() { Ok(()) } else { Err(NotSent::Answered(status.as_u16())) }
    }
}

impl SpanExporter for Exporter {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        let spans = batch.len() as u64;
        let resource_spans = group_spans_by_resource_and_scope(batch, &self.resource);
        let body = ExportTraceServiceRequest { resource_spans }.encode_to_vec();
        let sending = self.runtime.spawn(self.way.clone().send(body.into()));
        let sent = sending.await.unwrap_or(Err(NotSent::Ending));
        self.tell(&sent, spans);
        sent.map_err(|error| OTelSdkError::InternalFailure(error.to_string()))
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.resource = resource.into();
    }
}
