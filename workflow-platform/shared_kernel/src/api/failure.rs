//! Errors on their way out, and the one table from kind to status.

use std::error::Error;

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header::RETRY_AFTER},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};
use tracing::{error, info, warn};

use super::{ErrorEnvelope, RequestContext};
use crate::{
    application::is_outage,
    domain::{ErrorKind, Fault, Text},
};

/// When to ask again while the database is away, in seconds.
const RETRY_SECONDS: u64 = 2;

/// An error as an answer. Made from any [`Fault`]; the chain of sources is logged once, here.
#[derive(Debug)]
pub struct Failure {
    kind: ErrorKind,
    code: &'static str,
    text: Text,
    details: Value,
    retry_after: Option<u64>,
    chain: String,
}

/// What an answer refused, for layers that look at answers on their way out.
#[derive(Debug, Clone, PartialEq)]
pub struct Refusal {
    pub kind: ErrorKind,
    pub code: &'static str,
    pub details: Value,
}

/// The one table from kind to HTTP status.
pub const fn status_of(kind: ErrorKind) -> StatusCode {
    match kind {
        ErrorKind::Malformed => StatusCode::BAD_REQUEST,
        ErrorKind::Invalid => StatusCode::UNPROCESSABLE_ENTITY,
        ErrorKind::Unauthenticated => StatusCode::UNAUTHORIZED,
        ErrorKind::Denied => StatusCode::FORBIDDEN,
        ErrorKind::NotFound => StatusCode::NOT_FOUND,
        ErrorKind::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
        ErrorKind::Conflict => StatusCode::CONFLICT,
        ErrorKind::Quota => StatusCode::PAYMENT_REQUIRED,
        ErrorKind::RateLimited => StatusCode::TOO_MANY_REQUESTS,
        ErrorKind::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        ErrorKind::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        ErrorKind::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        ErrorKind::Timeout => StatusCode::GATEWAY_TIMEOUT,
        ErrorKind::Bug => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

impl<F: Fault> From<F> for Failure {
    fn from(fault: F) -> Self {
        // No context tells its own faults from a database that is away; here it is done for all.
        if fault.kind() == ErrorKind::Bug && fault.source().is_some_and(is_outage) {
            return Self::unavailable(chain(&fault));
        }
        Self {
            kind: fault.kind(),
            code: fault.code(),
            text: fault.text(),
            details: fault.details(),
            retry_after: fault.retry_after(),
            chain: chain(&fault),
        }
    }
}

/// `error: source: source of the source`.
fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(next) = source {
        text.push_str(": ");
        text.push_str(&next.to_string());
        source = next.source();
    }
    text
}

impl Failure {
    fn unavailable(chain: String) -> Self {
        Self {
            kind: ErrorKind::Unavailable,
            code: "UNAVAILABLE",
            text: Text::new(
                "服务暂时不可用，请稍后再试",
                "The service is not available now; try again soon",
            ),
            details: json!({}),
            retry_after: Some(RETRY_SECONDS),
            chain,
        }
    }

    fn log(&self) {
        let Self { code, chain, .. } = self;
        match self.kind {
            ErrorKind::Bug => error!(error.code = code, "request failed: {chain}"),
            ErrorKind::Unavailable | ErrorKind::Timeout => {
                warn!(error.code = code, "request could not be served: {chain}");
            }
            _ => info!(error.code = code, "request was refused: {chain}"),
        }
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        self.log();
        let request = RequestContext::current();
        let refusal = Refusal { kind: self.kind, code: self.code, details: self.details.clone() };
        let envelope = ErrorEnvelope {
            success: false,
            error: self.code.to_owned(),
            message: self.text.of(request.locale).to_owned(),
            details: self.details,
            request_id: request.request_id.to_string(),
            timestamp: request.received_at,
        };
        let mut response = (status_of(self.kind), Json(envelope)).into_response();
        response.extensions_mut().insert(refusal);
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}
