//! The span of a request, and where it belongs.

use axum::{
    extract::{MatchedPath, Request},
    http::{HeaderName, StatusCode},
};
use shared_kernel::{
    api::RequestContext,
    application::trace::{Span, SpanKind},
    domain::{Actor, Ambient, TraceContext},
};

use crate::request::is_probe;

const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");

/// A span in the caller's trace, or in one of its own. Without anybody looking, and for probes, only
/// the context that further requests are told.
pub(crate) fn begin(ambient: &Ambient, request: &Request, context: &RequestContext) -> Span {
    let route = request.extensions().get::<MatchedPath>().map(MatchedPath::as_str);
    let header = request.headers().get(TRACEPARENT).and_then(|value| value.to_str().ok());
    let caller = header.and_then(|header| header.parse().ok());
    let mut span = if route.is_some_and(is_probe) {
        Span::none(None)
    } else {
        Span::under(caller, SpanKind::Server, || name(request, route).into())
    };
    if span.is_recorded() {
        describe(&mut span, request, route, context);
        return span;
    }
    // Nobody records it: what comes of the request still has one cause of its own.
    let unseen = || TraceContext::fresh(ambient);
    let own = span.context().filter(|own| Some(*own) != caller);
    let own = own.or_else(|| caller.map(|caller| caller.with_fresh_span(ambient)));
    Span::none(Some(own.unwrap_or_else(unseen)))
}

fn name(request: &Request, route: Option<&str>) -> String {
    match route {
        Some(route) => format!("{} {route}", request.method()),
        None => request.method().to_string(),
    }
}

fn describe(span: &mut Span, request: &Request, route: Option<&str>, context: &RequestContext) {
    span.show("http.request.method", request.method());
    if let Some(route) = route {
        span.set("http.route", route.to_owned());
    }
    span.show("request.id", &context.request_id);
    if let Some(client) = &context.client {
        span.show("client.address", client);
    }
    if let Some(agent) = &context.user_agent {
        span.set("user_agent.original", agent.clone());
    }
}

/// What came of it, and for whom.
pub(crate) fn end(span: &mut Span, status: StatusCode, actor: Actor) {
    if !span.is_recorded() {
        return;
    }
    span.set("http.response.status_code", status.as_u16());
    if let Some(user) = actor.user() {
        span.show("user.id", &user);
    }
    if status.is_server_error() {
        span.fail(status.as_str().to_owned());
    }
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    fn context_of(header: Option<&str>) -> TraceContext {
        let mut request = Request::new(Body::empty());
        if let Some(header) = header {
            request.headers_mut().insert(TRACEPARENT, header.parse().unwrap());
        }
        let (ambient, _) = testkit::ambient();
        begin(&ambient, &request, &RequestContext::current()).context().unwrap()
    }

    #[test]
    fn a_callers_trace_goes_on_under_a_span_of_ours() {
        let caller = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00";
        let own = context_of(Some(caller));
        let caller: TraceContext = caller.parse().unwrap();
        assert_eq!((own.trace(), own.flags()), (caller.trace(), caller.flags()));
        assert_ne!(own.span(), caller.span());
    }

    #[test]
    fn a_request_without_a_trace_or_with_a_broken_one_begins_its_own() {
        let broken = format!("00-{}-b7ad6b7169203331-01", "0".repeat(32));
        for header in [None, Some("00-xyz"), Some(broken.as_str())] {
            assert_eq!(context_of(header).flags(), 1);
        }
    }
}
