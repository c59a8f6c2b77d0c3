//! What goes wrong outside a handler still comes out in the envelope.

use std::{any::Any, sync::Arc, time::Duration};

use axum::{
    body::HttpBody as _,
    extract::{Request, State},
    http::{
        HeaderValue, Method, StatusCode,
        header::{ALLOW, CONTENT_LENGTH, CONTENT_TYPE},
    },
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use shared_kernel::{
    api::{BadRequest, Failure},
    domain::{ErrorKind, Fault, Text},
};
use tracing::error;

use crate::{contract::Contract, fallback};

/// Methods that there are, somewhere.
const METHODS: &str = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";

/// Faults of the gateway itself.
#[derive(Debug, thiserror::Error)]
pub enum GatewayFault {
    #[error("handler panicked: {0}")]
    Panic(String),
    #[error("handler did not answer within {0:?}")]
    TooSlow(Duration),
    #[error("body did not arrive within {0:?}")]
    SlowBody(Duration),
    #[error("request was refused with status {0}")]
    Refused(StatusCode),
}

impl Fault for GatewayFault {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Panic(_) => ErrorKind::Bug,
            Self::TooSlow(_) | Self::SlowBody(_) => ErrorKind::Timeout,
            Self::Refused(status) => kind_of(*status),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::SlowBody(_) => return "REQUEST_TIMEOUT",
            Self::Refused(StatusCode::URI_TOO_LONG) => return "URI_TOO_LONG",
            Self::Refused(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE) => {
                return "HEADERS_TOO_LARGE";
            }
            _ => {}
        }
        match self.kind() {
            ErrorKind::Timeout => "TIMEOUT",
            ErrorKind::Bug => "INTERNAL_ERROR",
            ErrorKind::NotFound => "NOT_FOUND",
            ErrorKind::MethodNotAllowed => "METHOD_NOT_ALLOWED",
            ErrorKind::TooLarge => "PAYLOAD_TOO_LARGE",
            ErrorKind::UnsupportedMediaType => "UNSUPPORTED_MEDIA_TYPE",
            ErrorKind::Unavailable => "UNAVAILABLE",
            ErrorKind::Invalid => "VALIDATION_ERROR",
            _ => "MALFORMED_REQUEST",
        }
    }

    fn text(&self) -> Text {
        match self.kind() {
            ErrorKind::Bug => Text::new("服务器内部错误", "Something went wrong on our side"),
            ErrorKind::Timeout => Text::new("请求处理超时", "The request took too long"),
            ErrorKind::Unavailable => {
                Text::new("服务暂时不可用", "The service is not available now")
            }
            _ => Text::new("请求无法处理", "The request cannot be served"),
        }
    }
}

fn kind_of(status: StatusCode) -> ErrorKind {
    match status {
        StatusCode::NOT_FOUND => ErrorKind::NotFound,
        StatusCode::METHOD_NOT_ALLOWED => ErrorKind::MethodNotAllowed,
        StatusCode::PAYLOAD_TOO_LARGE => ErrorKind::TooLarge,
        StatusCode::UNSUPPORTED_MEDIA_TYPE => ErrorKind::UnsupportedMediaType,
        StatusCode::UNPROCESSABLE_ENTITY => ErrorKind::Invalid,
        StatusCode::SERVICE_UNAVAILABLE => ErrorKind::Unavailable,
        StatusCode::REQUEST_TIMEOUT | StatusCode::GATEWAY_TIMEOUT => ErrorKind::Timeout,
        status if status.is_server_error() => ErrorKind::Bug,
        _ => ErrorKind::Malformed,
    }
}

/// For `CatchPanicLayer`.
#[expect(clippy::needless_pass_by_value, reason = "the layer hands the payload over")]
pub fn panicked(payload: Box<dyn Any + Send>) -> Response {
    let text = payload
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| payload.downcast_ref::<&str>().copied())
        .unwrap_or("no message");
    error!("handler panicked: {text}");
    Failure::from(GatewayFault::Panic(text.to_owned())).into_response()
}

/// Refuses methods that show a request to its sender, or pass it on to somewhere else.
pub async fn refuse_tunnels(request: Request, next: Next) -> Response {
    let method = request.method().clone();
    if method != Method::TRACE && method != Method::CONNECT {
        return next.run(request).await;
    }
    let mut response = fallback::wrong_method(method).await;
    response.headers_mut().insert(ALLOW, HeaderValue::from_static(METHODS));
    response
}

/// How large a body may be, except where the handler reads it as a stream and bounds it itself.
#[derive(Debug, Clone)]
pub(crate) struct BodyLimit {
    pub bytes: usize,
    pub contract: Option<Arc<Contract>>,
}

/// Refuses what announces itself as too large before a byte is read.
pub(crate) async fn limit_body(
    State(limit): State<BodyLimit>,
    request: Request,
    next: Next,
) -> Response {
    let terms = limit.contract.as_ref().and_then(|contract| contract.terms(&request));
    if terms.is_some_and(|terms| terms.large_body) {
        return next.run(request).await;
    }
    let limit = limit.bytes;
    let announced = request.headers().get(CONTENT_LENGTH);
    let announced = announced.and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if announced.is_some_and(|length| length > limit as u64) {
        return Failure::from(BadRequest::TooLarge).into_response();
    }
    next.run(request).await
}

/// How long a request may take.
#[derive(Debug, Clone, Copy)]
pub struct TimeLimits {
    /// For the handler to begin its answer.
    pub answer: Duration,
    /// For the body to arrive, before that.
    pub upload: Duration,
}

/// Gives up on handlers that do not begin to answer in time. Streams may go on for longer.
pub async fn limit_time(
    State(limits): State<TimeLimits>,
    request: Request,
    next: Next,
) -> Response {
    let has_body = !request.body().is_end_stream();
    let limit = if has_body { limits.answer + limits.upload } else { limits.answer };
    tokio::time::timeout(limit, next.run(request))
        .await
        .unwrap_or_else(|_| Failure::from(GatewayFault::TooSlow(limit)).into_response())
}

/// An error that a library wrote as plain text is said again in the envelope.
pub async fn envelop(request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    let status = response.status();
    let error = status.is_client_error() || status.is_server_error();
    if !error || is_json(&response) {
        return response;
    }
    let (kept, _) = response.into_parts();
    let mut said = Failure::from(GatewayFault::Refused(status)).into_response();
    *said.status_mut() = status;
    for (name, value) in kept.headers.iter().filter(|(name, _)| name.as_str() == "allow") {
        said.headers_mut().insert(name.clone(), value.clone());
    }
    said
}

pub fn is_json(response: &Response) -> bool {
    let value = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    value.is_some_and(|value| value.starts_with("application/json"))
}
