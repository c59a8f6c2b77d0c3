//! Every request gets an id, a language, a log line and its place in the metrics.

use std::{sync::Arc, time::Duration};

use axum::{
    extract::{MatchedPath, Request, State},
    http::{
        HeaderMap, HeaderName, HeaderValue,
        header::{ACCEPT_LANGUAGE, USER_AGENT, VARY},
    },
    middleware::Next,
    response::Response,
};
use shared_kernel::{
    api::{RequestContext, RequestId},
    domain::{Ambient, Locale, Networks},
};
use tracing::{Instrument as _, Span, debug, field::Empty, info, info_span};

use crate::client::ClientOrigin;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// Characters kept of a `User-Agent`.
const AGENT_LENGTH: usize = 200;
const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");

/// What the layer works with.
#[derive(Debug, Clone)]
pub struct RequestLayer {
    pub ambient: Ambient,
    pub default_locale: Locale,
    /// Proxies that are believed.
    pub trusted: Networks,
}

/// Puts the request's context around everything further in.
pub async fn contextualise(
    State(layer): State<Arc<RequestLayer>>,
    mut request: Request,
    next: Next,
) -> Response {
    let origin = ClientOrigin::of(&request, &layer.trusted);
    request.extensions_mut().insert(origin);
    let context = RequestContext { client: origin.client, ..context_of(&layer, request.headers()) };
    let id = HeaderValue::from_str(context.request_id.as_str());
    let span = span_of(&context, &request);
    let (method, route) = (request.method().clone(), route_of(&request));
    let received_at = context.received_at;
    let mut response = context.scope(next.run(request)).instrument(span.clone()).await;
    let elapsed = layer.ambient.now().since(received_at);
    span.in_scope(|| log(&route, &response, elapsed));
    crate::metrics::answered(method.as_str(), &route, response.status().as_u16(), elapsed);
    if let Ok(id) = id {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    response.headers_mut().append(VARY, HeaderValue::from_static("accept-language"));
    response
}

fn context_of(layer: &RequestLayer, headers: &HeaderMap) -> RequestContext {
    let text = |name: &HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let request_id = text(&REQUEST_ID)
        .and_then(RequestId::accept)
        .unwrap_or_else(|| RequestId::fresh(layer.ambient.uuid()));
    let languages = text(&ACCEPT_LANGUAGE);
    RequestContext {
        request_id,
        locale: Locale::negotiate(languages, layer.default_locale),
        locale_asked: languages.is_some_and(|header| header.trim() != "*"),
        received_at: layer.ambient.now(),
        user_agent: text(&USER_AGENT).map(|agent| agent.chars().take(AGENT_LENGTH).collect()),
        client: None,
        traceparent: Some(trace_of(text(&TRACEPARENT), &layer.ambient)),
    }
}

/// The caller's trace with a span of ours, or a trace of our own (W3C Trace Context, section 3.2).
fn trace_of(header: Option<&str>, ambient: &Ambient) -> String {
    let span = u64::from_be_bytes(ambient.bytes()) | 1;
    match header.and_then(trace_id) {
        Some((trace, flags)) => format!("00-{trace}-{span:016x}-{flags}"),
        None => format!("00-{}-{span:016x}-01", ambient.uuid().simple()),
    }
}

fn trace_id(header: &str) -> Option<(&str, &str)> {
    let lower_hex =
        |text: &str| text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
    let mut parts = header.split('-');
    let (version, trace) = (parts.next()?, parts.next()?);
    let (parent, flags) = (parts.next()?, parts.next()?);
    let sized = [(version, 2), (trace, 32), (parent, 16), (flags, 2)];
    let fits = sized.iter().all(|(text, length)| text.len() == *length && lower_hex(text));
    let zero = trace.bytes().all(|b| b == b'0') || parent.bytes().all(|b| b == b'0');
    (fits && !zero && version != "ff").then_some((trace, flags))
}

fn span_of(context: &RequestContext, request: &Request) -> Span {
    let client = context.client.map(tracing::field::display);
    info_span!(
        "request",
        request_id = %context.request_id,
        trace_id = context.traceparent.as_deref().and_then(|trace| trace.get(3..35)),
        http.method = %request.method(),
        http.path = shown_path(request),
        client.address = client,
        user_id = Empty,
    )
}

/// The path; its pattern where a part of it is a secret.
fn shown_path(request: &Request) -> &str {
    let pattern = request.extensions().get::<MatchedPath>().map(MatchedPath::as_str);
    pattern.filter(|pattern| pattern.contains("{token}")).unwrap_or(request.uri().path())
}

/// The pattern that matched, so that ids do not make a metric each.
fn route_of(request: &Request) -> String {
    request
        .extensions()
        .get::<MatchedPath>()
        .map_or_else(|| "unmatched".to_owned(), |path| path.as_str().to_owned())
}

fn log(route: &str, response: &Response, elapsed: Duration) {
    let status = response.status().as_u16();
    let elapsed_ms = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX);
    if route.starts_with("/health") || route == "/metrics" {
        debug!(http.status = status, elapsed_ms, "answered {status}");
    } else {
        info!(http.status = status, elapsed_ms, "answered {status} in {elapsed_ms} ms");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_callers_trace_goes_on_and_a_broken_one_does_not() {
        let trace = "0af7651916cd43dd8448eb211c80319c";
        let (ambient, _) = testkit::ambient();
        let on = trace_of(Some(&format!("00-{trace}-b7ad6b7169203331-01")), &ambient);
        assert_eq!(&on[3..35], trace);
        assert_ne!(&on[36..52], "b7ad6b7169203331");
        for broken in ["", "00-xyz", &format!("00-{}-b7ad6b7169203331-01", "0".repeat(32))] {
            assert_eq!(trace_id(broken), None, "{broken}");
        }
    }
}
