//! How large a request may be, and how long it may take.

use std::{sync::Arc, time::Duration};

use axum::{
    body::HttpBody as _,
    extract::{Request, State},
    http::header::CONTENT_LENGTH,
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use shared_kernel::api::{BadRequest, Failure};

use crate::{contract::Contract, guard::GatewayFault, head, upload};

/// What the layer works with.
#[derive(Debug)]
pub(crate) struct Bounds {
    pub body: BodyLimit,
    pub times: TimeLimits,
}

/// How large a body may be, except where the handler reads it as a stream and bounds it itself.
#[derive(Debug)]
pub(crate) struct BodyLimit {
    pub bytes: usize,
    pub contract: Option<Arc<Contract>>,
}

impl BodyLimit {
    /// What announces itself as too large is refused before a byte is read.
    fn refusal(&self, request: &Request) -> Option<Response> {
        let announced = request.headers().get(CONTENT_LENGTH)?;
        let announced: u64 = announced.to_str().ok()?.parse().ok()?;
        let is_bounded_inside = || {
            let terms = self.contract.as_ref().and_then(|contract| contract.terms(request));
            terms.is_some_and(|terms| terms.large_body)
        };
        let is_too_large = announced > self.bytes as u64 && !is_bounded_inside();
        is_too_large.then(|| Failure::from(BadRequest::TooLarge).into_response())
    }
}

/// How long a request may take.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TimeLimits {
    /// For the handler to begin its answer.
    pub answer: Duration,
    /// For the body to arrive, before that.
    pub upload: Duration,
}

impl TimeLimits {
    fn of(self, request: &Request) -> Duration {
        let has_body = !request.body().is_end_stream();
        if has_body { self.answer + self.upload } else { self.answer }
    }
}

/// Gives up on handlers that do not begin to answer in time. Streams may go on for longer.
pub(crate) async fn keep(
    State(bounds): State<Arc<Bounds>>,
    request: Request,
    next: Next,
) -> Response {
    if let Some(refusal) = head::refusal(&request).or_else(|| bounds.body.refusal(&request)) {
        return refusal;
    }
    let limit = bounds.times.of(&request);
    let answer = upload::answer(bounds.times.upload, request, next);
    tokio::time::timeout(limit, answer)
        .await
        .unwrap_or_else(|_| Failure::from(GatewayFault::TooSlow(limit)).into_response())
}
