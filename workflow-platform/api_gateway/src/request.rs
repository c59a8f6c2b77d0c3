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
    application::trace::within,
    domain::{Ambient, Locale, Networks, TraceContext},
};
use tracing::{Instrument as _, Span, debug, field::Empty, info, info_span};

use crate::{
    answered::Answers,
    audit::{Asked, Watch},
    client::ClientOrigin,
    headers::secure,
    trace,
};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// Characters kept of a `User-Agent`.
const AGENT_LENGTH: usize = 200;

/// What the layer works with.
pub(crate) struct RequestLayer {
    pub ambient: Ambient,
    pub default_locale: Locale,
    /// Proxies that are believed.
    pub trusted: Networks,
    /// Hears of what is refused.
    pub watch: Option<Watch>,
    pub answers: Answers,
}

/// Puts the request's context around everything further in.
pub(crate) async fn contextualise(
    State(layer): State<Arc<RequestLayer>>,
    mut request: Request,
    next: Next,
) -> Response {
    let origin = ClientOrigin::of(&request, &layer.trusted);
    request.extensions_mut().insert(origin);
    let context = RequestContext { client: origin.client, ..context_of(&layer, request.headers()) };
    let id = HeaderValue::from_str(context.request_id.as_str());
    let method = request.method().clone();
    let matched: Option<MatchedPath> = request.extensions().get().cloned();
    let mut traced = trace::begin(&layer.ambient, &request, &context);
    let span = span_of(&context, &request, traced.context());
    let received_at = context.received_at;
    let answer = context.scope(async {
        let response = layer.answer(origin.tls, request, next).await;
        (response, RequestContext::actor())
    });
    let answer = within(traced.context(), answer).instrument(span.clone());
    let (mut response, actor) = answer.await;
    let elapsed = layer.ambient.now().since(received_at);
    trace::end(&mut traced, response.status(), actor);
    // The pattern, so that ids do not make a metric each.
    let route = matched.as_ref().map_or("unmatched", MatchedPath::as_str);
    span.in_scope(|| log(route, &response, elapsed));
    layer.answers.count(&method, route, response.status(), elapsed);
    if let Ok(id) = id {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    response.headers_mut().append(VARY, HeaderValue::from_static("accept-language"));
    response
}

impl RequestLayer {
    async fn answer(&self, tls: bool, request: Request, next: Next) -> Response {
        let watched = self.watch.as_ref().map(|watch| (watch, Asked::of(&request)));
        let mut response = next.run(request).await;
        secure(response.headers_mut(), tls);
        if let Some((watch, asked)) = watched {
            watch.hear(&asked, &response);
        }
        response
    }
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
    }
}

fn span_of(context: &RequestContext, request: &Request, trace: Option<TraceContext>) -> Span {
    let client = context.client.map(tracing::field::display);
    info_span!(
        "request",
        request_id = %context.request_id,
        trace_id = trace.map(TraceContext::trace_id),
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

fn log(route: &str, response: &Response, elapsed: Duration) {
    let status = response.status().as_u16();
    let elapsed_ms = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX);
    if is_probe(route) {
        debug!(http.status = status, elapsed_ms, "answered {status}");
    } else {
        info!(http.status = status, elapsed_ms, "answered {status} in {elapsed_ms} ms");
    }
}

/// What is asked every few seconds, whatever anybody does.
pub(crate) fn is_probe(route: &str) -> bool {
    route.starts_with("/health") || route == "/metrics"
}
