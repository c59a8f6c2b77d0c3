//! Spans from where they are opened to a collector. A process has one tracer, so this is one test.

#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::sync::{Arc, Mutex};

use axum::{Router, body::Bytes, extract::State, http::StatusCode, routing::post};
use opentelemetry_proto::tonic::{
    collector::trace::v1::ExportTraceServiceRequest, trace::v1::Span as Sent,
};
use prost::Message as _;
use shared_kernel::{
    application::trace::{Span, SpanKind, beginning, within},
    domain::TraceContext,
    infrastructure::{
        system,
        telemetry::{TraceSettings, start_traces},
    },
};

#[derive(Clone, Default)]
struct Collector {
    spans: Arc<Mutex<Vec<Sent>>>,
    refused: Arc<Mutex<bool>>,
}

/// Refuses the first batch for the time being.
async fn take(State(collector): State<Collector>, body: Bytes) -> StatusCode {
    if !std::mem::replace(&mut *collector.refused.lock().unwrap(), true) {
        return StatusCode::SERVICE_UNAVAILABLE;
    }
    let request = ExportTraceServiceRequest::decode(body).unwrap();
    let of_processes = request.resource_spans.into_iter().flat_map(|process| process.scope_spans);
    collector.spans.lock().unwrap().extend(of_processes.flat_map(|scope| scope.spans));
    StatusCode::OK
}

fn context(flags: &str) -> TraceContext {
    format!("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-{flags}").parse().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_chosen_arrives_with_its_parents_and_nothing_else() {
    let collector = Collector::default();
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let url = format!("http://{}/v1/traces", listener.local_addr().unwrap());
    let router = Router::new().route("/v1/traces", post(take)).with_state(collector.clone());
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    let settings = TraceSettings {
        url: url.parse().unwrap(),
        headers: Vec::new(),
        ratio: 1.0,
        service: "kernel".to_owned(),
        version: "1".to_owned(),
        role: "all",
        attributes: Vec::new(),
    };
    let ambient = system::ambient();
    let guard = start_traces(&settings, &ambient).unwrap();

    let begun = beginning("begun", &ambient);
    within(Some(begun), async {
        let mut outer = Span::start(SpanKind::Internal, || "outer".into());
        outer.set("count", 3_u32);
        within(outer.context(), async {
            assert_eq!(beginning("not again", &ambient), outer.context().unwrap());
            Span::start(SpanKind::Client, || "inner".into()).fail("BROKEN");
        })
        .await;
    })
    .await;
    let unchosen = Span::under(Some(context("00")), SpanKind::Server, || "unchosen".into());
    assert!(!unchosen.is_recorded());
    let handed_on = unchosen.context().unwrap();
    assert_eq!((handed_on.trace(), handed_on.flags()), (context("00").trace(), 0));
    drop(unchosen);
    drop(Span::under(Some(context("01")), SpanKind::Server, || "chosen".into()));
    guard.flush().await;

    let spans = collector.spans.lock().unwrap();
    let named = |name: &str| spans.iter().find(|span| span.name == name).unwrap();
    assert_eq!(spans.len(), 4, "{spans:#?}");
    let (root, outer, inner) = (named("begun"), named("outer"), named("inner"));
    assert_eq!((root.parent_span_id.len(), &root.span_id), (0, &outer.parent_span_id));
    assert_eq!(outer.span_id, inner.parent_span_id);
    assert!([outer, inner].iter().all(|span| span.trace_id == root.trace_id));
    assert_eq!(inner.status.as_ref().unwrap().code, 2);
    assert_eq!(named("chosen").parent_span_id, context("01").span().to_be_bytes());
}
