//! The span of one outgoing request. Of the address it tells the host alone: paths and parameters may
//! have secrets in them.

use shared_kernel::{
    application::{
        FetchError,
        trace::{Span, SpanKind, current},
    },
    domain::Fault as _,
};
use uuid::Uuid;

use super::exchange::{Answer, Hop, method};

/// Begins the span of a hop, through the proxy of the id if there is one.
pub(super) fn begin(hop: &Hop<'_>, proxy: Option<Uuid>) -> Span {
    let parent = hop.request.trace.or_else(current);
    let mut span =
        Span::under(parent, SpanKind::Client, || method(hop.method).as_str().to_owned().into());
    if !span.is_recorded() {
        return span;
    }
    span.show("http.request.method", &method(hop.method));
    span.show("url.scheme", &hop.url.scheme());
    span.show("server.address", &hop.url.host_str().unwrap_or_default());
    if let Some(port) = hop.url.port_or_known_default() {
        span.set("server.port", port);
    }
    if let Some(proxy) = proxy {
        span.show("workflow.proxy.id", &proxy);
    }
    span
}

/// What came of it. An answer of 400 or above is an error to a client.
pub(super) fn end(mut span: Span, answer: &Result<Answer, FetchError>) {
    if !span.is_recorded() {
        return;
    }
    match answer {
        Ok(answer) => {
            span.set("http.response.status_code", answer.status);
            if let Ok(size) = i64::try_from(answer.body.len()) {
                span.set("http.response.body.size", size);
            }
            if answer.status >= 400 {
                span.fail(answer.status.to_string());
            }
        }
        Err(error) => span.fail(error.code()),
    }
}
