//! What leads nowhere.

use axum::{
    http::{Method, Uri},
    response::{IntoResponse as _, Response},
};
use serde_json::{Value, json};
use shared_kernel::{
    api::Failure,
    domain::{ErrorKind, Fault, Text},
};

/// No such route, or not with this method.
#[derive(Debug, thiserror::Error)]
enum Astray {
    #[error("no route {0}")]
    Path(String),
    #[error("no method {0} here")]
    Method(Method),
}

impl Fault for Astray {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Path(_) => ErrorKind::NotFound,
            Self::Method(_) => ErrorKind::MethodNotAllowed,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Path(_) => "NOT_FOUND",
            Self::Method(_) => "METHOD_NOT_ALLOWED",
        }
    }

    fn text(&self) -> Text {
        match self {
            Self::Path(_) => Text::new("接口不存在", "There is no such endpoint"),
            Self::Method(_) => {
                Text::new("该接口不支持此方法", "The endpoint does not know this method")
            }
        }
    }

    fn details(&self) -> Value {
        match self {
            Self::Path(path) => json!({ "path": path }),
            Self::Method(method) => json!({ "method": method.as_str() }),
        }
    }
}

/// 404 in the envelope.
pub async fn not_found(uri: Uri) -> Response {
    let path: String = uri.path().chars().take(200).collect();
    Failure::from(Astray::Path(path)).into_response()
}

/// 405 in the envelope; axum adds `Allow` for routes.
pub fn wrong_method(method: Method) -> Response {
    Failure::from(Astray::Method(method)).into_response()
}
