//! Spans over OTLP: handed to a bounded queue as they end, sent in batches beside the work, and left
//! out when the collector cannot keep up. Nothing waits for them but, shortly, the end of the process.

mod export;
mod tracer;

use std::{sync::Arc, time::Duration};

use opentelemetry::{KeyValue, trace::TracerProvider as _};
use opentelemetry_sdk::{
    Resource,
    trace::{BatchConfigBuilder, BatchSpanProcessor, Sampler, SdkTracerProvider, SpanLimits},
};
use secrecy::SecretString;
use tokio::runtime::Handle;
use tracing::warn;
use url::Url;

use crate::{application::trace, domain::Ambient};
use export::Exporter;
use tracer::{AmbientIds, SdkTraces};

/// Spans that may wait to be sent; further ones are dropped.
const QUEUE: usize = 4096;
/// Most spans in one request.
const BATCH: usize = 512;
/// Longest time that a span waits for others.
const DELAY: Duration = Duration::from_secs(2);
/// What is left at the end has so long to be sent.
const FAREWELL: Duration = Duration::from_secs(3);
/// Attributes of one span.
const ATTRIBUTES: u32 = 64;

/// Where spans go, and what they say of the process they are from.
#[derive(Debug, Clone)]
pub struct TraceSettings {
    /// Takes `ExportTraceServiceRequest` as protobuf.
    pub url: Url,
    /// Sent along, such as `authorization`.
    pub headers: Vec<(String, SecretString)>,
    /// Share of traces begun here that are kept, 0 to 1. What comes from outside keeps the choice of
    /// its caller.
    pub ratio: f64,
    pub service: String,
    pub version: String,
    /// What the process does, such as `worker`.
    pub role: &'static str,
    /// More about the process.
    pub attributes: Vec<(String, String)>,
}

/// Spans cannot be sent anywhere.
#[derive(Debug, thiserror::Error)]
pub enum TraceError {
    #[error("the client for traces cannot be made")]
    Client(#[from] reqwest::Error),
    #[error("header {0:?} of traces cannot be sent")]
    Header(String),
}

/// The process's spans, until it ends.
#[must_use = "spans that were not sent are lost with it"]
#[derive(Debug)]
pub struct TraceGuard {
    provider: SdkTracerProvider,
}

/// Starts to record and send, within a tokio runtime. A second call in a process changes nothing.
pub fn start(settings: &TraceSettings, ambient: &Ambient) -> Result<TraceGuard, TraceError> {
    let exporter = Exporter::new(settings, Handle::current())?;
    let batches = BatchConfigBuilder::default()
        .with_max_queue_size(QUEUE)
        .with_max_export_batch_size(BATCH)
        .with_scheduled_delay(DELAY)
        .build();
    let processor = BatchSpanProcessor::builder(exporter).with_batch_config(batches).build();
    let sampler = Sampler::ParentBased(Box::new(Sampler::TraceIdRatioBased(settings.ratio)));
    let limits = SpanLimits { max_attributes_per_span: ATTRIBUTES, ..SpanLimits::default() };
    let provider = SdkTracerProvider::builder()
        .with_sampler(sampler)
        .with_id_generator(AmbientIds(ambient.clone()))
        .with_span_limits(limits)
        .with_resource(resource(settings, ambient))
        .with_span_processor(processor)
        .build();
    trace::install(Arc::new(SdkTraces(provider.tracer("workflow-platform"))));
    Ok(TraceGuard { provider })
}

fn resource(settings: &TraceSettings, ambient: &Ambient) -> Resource {
    let own = [
        ("service.name", settings.service.clone()),
        ("service.version", settings.version.clone()),
        ("service.instance.id", ambient.uuid().to_string()),
        ("workflow.process.role", settings.role.to_owned()),
    ];
    let given = settings.attributes.iter().cloned();
    let given = given.map(|(name, value)| KeyValue::new(name, value));
    // Of two values of a name the later one stands.
    let all = given.chain(own.map(|(name, value)| KeyValue::new(name, value)));
    Resource::builder_empty().with_attributes(all).build()
}

impl TraceGuard {
    /// Sends what is left, as far as that is possible in a few seconds.
    pub async fn flush(self) {
        let sent =
            tokio::task::spawn_blocking(move || self.provider.shutdown_with_timeout(FAREWELL));
        match sent.await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => warn!(%error, "some spans were not sent"),
            Err(error) => warn!(%error, "some spans were not sent"),
        }
    }
}
