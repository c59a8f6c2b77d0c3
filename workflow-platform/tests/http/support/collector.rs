//! An OpenTelemetry collector that keeps what it is sent.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use axum::{Router, body::Bytes, extract::State, http::HeaderMap, routing::post};
use opentelemetry_proto::tonic::{
    collector::trace::v1::ExportTraceServiceRequest,
    common::v1::{KeyValue, any_value::Value},
    trace::v1::Span,
};
use prost::Message as _;
use tokio::net::TcpListener;

/// A span as it arrived. Ids are in hexadecimal digits.
#[derive(Debug, Clone)]
pub struct SeenSpan {
    pub trace: String,
    pub id: String,
    /// Empty for the first of a trace.
    pub parent: String,
    pub name: String,
    pub kind: i32,
    /// 2 is an error.
    pub status: i32,
    pub attributes: BTreeMap<String, String>,
    pub process: BTreeMap<String, String>,
}

impl SeenSpan {
    pub fn attribute(&self, name: &str) -> &str {
        self.attributes.get(name).map_or("", String::as_str)
    }
}

#[derive(Clone, Default)]
struct Kept {
    spans: Arc<Mutex<Vec<SeenSpan>>>,
    headers: Arc<Mutex<Vec<HeaderMap>>>,
}

pub struct Collector {
    kept: Kept,
    /// For `OTEL_EXPORTER_OTLP_ENDPOINT`.
    pub endpoint: String,
}

impl Collector {
    pub async fn start() -> Self {
        let kept = Kept::default();
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let endpoint = format!("http://{}/otlp", listener.local_addr().unwrap());
        let router = Router::new().route("/otlp/v1/traces", post(take)).with_state(kept.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { kept, endpoint }
    }

    /// All spans of a trace that arrived by now.
    pub fn trace(&self, id: &str) -> Vec<SeenSpan> {
        self.all().into_iter().filter(|span| span.trace == id).collect()
    }

    pub fn all(&self) -> Vec<SeenSpan> {
        self.kept.spans.lock().unwrap().clone()
    }

    /// What came along with the spans.
    pub fn headers(&self) -> Vec<HeaderMap> {
        self.kept.headers.lock().unwrap().clone()
    }
}

async fn take(State(kept): State<Kept>, headers: HeaderMap, body: Bytes) {
    let request = ExportTraceServiceRequest::decode(body).unwrap();
    kept.headers.lock().unwrap().push(headers);
    for of_process in request.resource_spans {
        let process = attributes(&of_process.resource.unwrap().attributes);
        let spans = of_process.scope_spans.into_iter().flat_map(|scope| scope.spans);
        let spans = spans.map(|span| seen(span, &process));
        kept.spans.lock().unwrap().extend(spans);
    }
}

fn seen(span: Span, process: &BTreeMap<String, String>) -> SeenSpan {
    assert!(span.start_time_unix_nano <= span.end_time_unix_nano, "{span:?}");
    SeenSpan {
        trace: hex(&span.trace_id),
        id: hex(&span.span_id),
        parent: hex(&span.parent_span_id),
        name: span.name,
        kind: span.kind,
        status: span.status.map_or(0, |status| status.code),
        attributes: attributes(&span.attributes),
        process: process.clone(),
    }
}

fn attributes(all: &[KeyValue]) -> BTreeMap<String, String> {
    all.iter().map(|one| (one.key.clone(), text(one))).collect()
}

fn text(attribute: &KeyValue) -> String {
    match attribute.value.as_ref().and_then(|value| value.value.as_ref()) {
        Some(Value::StringValue(text)) => text.clone(),
        Some(Value::IntValue(number)) => number.to_string(),
        other => panic!("{} is {other:?}", attribute.key),
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
