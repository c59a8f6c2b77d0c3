//! What goes wrong outside a handler still comes out in the envelope.

use std::{any::Any, panic::AssertUnwindSafe, time::Duration};

use axum::{
    extract::Request,
    http::{StatusCode, header::CONTENT_TYPE},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use futures::FutureExt as _;
use shared_kernel::{
    api::Failure,
    domain::{ErrorKind, Fault, Text},
};
use tracing::error;

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

/// What the handler answers. A panic of it is an error of ours, and an error that a library wrote as
/// plain text is said again in the envelope.
pub(crate) async fn answer(request: Request, next: Next) -> Response {
    let answered = AssertUnwindSafe(next.run(request)).catch_unwind().await;
    envelop(answered.unwrap_or_else(|payload| panicked(payload.as_ref())))
}

fn panicked(payload: &(dyn Any + Send)) -> Response {
    let text = payload
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| payload.downcast_ref::<&str>().copied())
        .unwrap_or("no message");
    error!("handler panicked: {text}");
    Failure::from(GatewayFault::Panic(text.to_owned())).into_response()
}

fn envelop(response: Response) -> Response {
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
